import t from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import { linesOf } from '../../support/pdf.ts'
import { aScenario, aStory } from '../../support/scenarios.ts'
import { countedService, perceived, service } from '../../support/service.ts'
import { aBooking, aCampaign, anActivity, noon } from '../../support/world.ts'

const origin = 'https://workshops.example.org'
const past = { startsAt: noon.minus({ days: 2 }).toJSDate(), endsAt: noon.minus({ days: 1 }).toJSDate() }

/** The structured data of a page, as a search engine reads it. */
function structuredIn (body: string): Record<string, unknown> {
  const [, json = ''] = /<script type="application\/ld\+json">(.*?)<\/script>/.exec(body) ?? []
  return JSON.parse(json) as Record<string, unknown>
}

/** What a preview is made of. */
function previewIn (body: string): Record<string, string> {
  return Object.fromEntries([...body.matchAll(/<meta (?:property|name)="((?:og|twitter):[^"]+|description)" content="([^"]*)">/g)]
    .map(([, name = '', content = '']) => [name, asRead(content)]))
}

function asRead (text: string): string {
  return text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))).replaceAll('&amp;', '&')
}

/** Width and height of a PNG, from its header. */
const sizeOf = (png: Buffer) => [png.readUInt32BE(16), png.readUInt32BE(20)]

async function openCampaign (db: Db, given: object = {}) {
  return await aCampaign(db, { title: 'Know who your friends are', discreet: false, ...given })
}

t.test('a shared page shows its title, when and where, and a picture of its own', async t => {
  const { app, db } = await service(t)
  const { id: campaignId } = await openCampaign(db)
  const { slug } = await anActivity(db, { campaignId, summary: 'What children do online.\n\nMore about it.' })

  const { body } = await app.inject(`/activities/${slug}`)

  const preview = previewIn(body)
  t.match(preview, {
    'og:title': 'Keeping your child safe online',
    'og:description': 'Tuesday 1 December 2026, 6pm to 6:30pm. Online, on Microsoft Teams. What children do online.',
    'og:url': `${origin}/activities/${slug}`,
    'twitter:card': 'summary_large_image'
  })
  t.equal(preview.description, preview['og:description'])
  const picture = preview['og:image'] ?? ''
  t.ok(picture.startsWith(`${origin}/activities/${slug}/picture.png?v=`))
  const answer = await app.inject(picture.slice(origin.length))
  t.equal(answer.headers['content-type'], 'image/png')
  t.strictSame(sizeOf(answer.rawPayload), [1200, 630])
  t.strictSame(answer.rawPayload.subarray(1, 4).toString(), 'PNG')
  t.equal((await app.inject({ url: picture.slice(origin.length), headers: { 'if-none-match': answer.headers.etag } })).statusCode, 304)
})

t.test('the picture has another address once what stands in it has changed, and not before', async t => {
  const { app, db } = await service(t)
  const { id, slug } = await anActivity(db)
  const address = async () => previewIn((await app.inject(`/activities/${slug}`)).body)['og:image']
  const before = await address()
  await aBooking(db, id)
  t.equal(await address(), before)

  await db.activity.update({ where: { id }, data: { status: 'cancelled' } })

  t.not(await address(), before)
})

t.test('a discreet campaign does not tell its topic in previews, nor in messages that we begin', async t => {
  const { app, db } = await service(t)
  const campaign = await aCampaign(db, { title: 'Marker campaign' })
  const lead = await db.agency.create({ data: { slug: 'nspcc', name: 'Marker agency' } })
  const { slug } = await anActivity(db, {
    campaignId: campaign.id, title: 'Marker title', summary: 'Marker summary.', leadAgencyId: lead.id
  })

  for (const path of [`/activities/${slug}`, `/campaigns/${campaign.slug}`]) {
    const { body } = await app.inject(path)
    const links = [...body.matchAll(/href="((?:mailto|https):[^"]+)" rel="nofollow noopener noreferrer"/g)].map(([, href]) => href)
    t.equal(links.length, 4)
    t.notMatch(JSON.stringify([previewIn(body), links]), /Marker/, path)
    t.match(body, 'The message we start for you does not say what this is about.')
  }
  t.match(previewIn((await app.inject(`/activities/${slug}`)).body), {
    'og:title': 'Online workshop – Cumbria safeguarding partnerships'
  })
})

t.test('people pass a page on by plain links, which tell nobody that they looked', async t => {
  const { app, db } = await service(t)
  const { id: campaignId } = await openCampaign(db)
  const { slug } = await anActivity(db, { campaignId, title: 'Fish & chips? 100% “fun”' })

  const { body } = await app.inject(`/activities/${slug}`)

  const hrefs = [...body.matchAll(/href="([^"]+)" rel="nofollow noopener noreferrer"/g)].map(([, href = '']) => new URL(asRead(href)))
  t.strictSame(hrefs.map(({ protocol, host }) => `${protocol}${host}`), ['mailto:', 'https:wa.me', 'https:www.facebook.com', 'https:x.com'])
  const [email, whatsApp, facebook, x] = hrefs
  t.equal(email?.searchParams.get('subject'), 'Fish & chips? 100% “fun”')
  t.ok(email?.searchParams.get('body')?.endsWith(`\r\n\r\n${origin}/activities/${slug}`))
  t.match(whatsApp?.searchParams.get('text'), /^Fish & chips\? 100% “fun”\. Tuesday 1 December 2026/)
  t.equal(facebook?.searchParams.get('u'), `${origin}/activities/${slug}`)
  t.equal(x?.searchParams.get('url'), `${origin}/activities/${slug}`)
  t.notMatch(email?.search ?? '', /\+/)
})

t.test('nobody is asked to pass on what is over or cancelled', async t => {
  const { app, db } = await service(t)
  const over = await anActivity(db, past)
  const cancelled = await anActivity(db, { status: 'cancelled' })
  for (const { slug } of [over, cancelled]) t.notMatch((await app.inject(`/activities/${slug}`)).body, 'Share this')
})

t.test('search engines read what an activity is, with its state as it is', async t => {
  const { app, db } = await service(t)
  const campaign = await openCampaign(db, { title: 'It’s </script><script>alert(1)</script>' })
  const open = await anActivity(db, { campaignId: campaign.id, joinUrlSealed: 'sealed', capacity: 1, waitingList: 'off', title: 'Ω <!--' })
  const there = await anActivity(db, { campaignId: campaign.id, isOnline: false, venue: 'Victoria Square', district: 'Bolton', allDay: true, startsAt: new Date('2026-12-01T00:00Z'), endsAt: new Date('2026-12-03T00:00Z'), booking: 'drop-in', capacity: null })
  const cancelled = await anActivity(db, { campaignId: campaign.id, status: 'cancelled' })
  const of = async (slug: string) => structuredIn((await app.inject(`/activities/${slug}`)).body)

  t.match(await of(open.slug), {
    '@type': 'Event',
    name: 'Ω <!--',
    startDate: '2026-12-01T18:00:00+00:00',
    eventStatus: 'https://schema.org/EventScheduled',
    eventAttendanceMode: 'https://schema.org/OnlineEventAttendanceMode',
    location: { '@type': 'VirtualLocation', url: `${origin}/activities/${open.slug}` },
    offers: { price: '0', availability: 'https://schema.org/InStock' },
    superEvent: { '@type': 'EventSeries', name: 'It’s </script><script>alert(1)</script>' }
  })
  await aBooking(db, open.id)
  t.match(await of(open.slug), { offers: { availability: 'https://schema.org/SoldOut' } })
  const atSquare = await of(there.slug)
  t.match(atSquare, {
    startDate: '2026-12-01', endDate: '2026-12-02', location: { '@type': 'Place', name: 'Victoria Square', address: { addressLocality: 'Bolton' } }
  })
  t.notOk('offers' in atSquare)
  const off = await of(cancelled.slug)
  t.match(off, { eventStatus: 'https://schema.org/EventCancelled' })
  t.notOk('offers' in off)

  const { body } = await app.inject(`/campaigns/${campaign.slug}`)
  t.match(structuredIn(body), { '@type': 'EventSeries', subEvent: { length: 3 } })
  t.notMatch(body, '<script>alert')
})

t.test('a poster says what, when, where and how, and who to call', async t => {
  const { app, db } = await service(t)
  const { slug } = await anActivity(db, { title: 'Talk to us اپنے بچے', isOnline: false, venue: 'Victoria Square, Bolton' })

  const answer = await app.inject(`/activities/${slug}/poster.pdf`)

  t.equal(answer.headers['content-type'], 'application/pdf')
  t.equal(answer.headers['x-robots-tag'], 'noindex')
  const said = (await linesOf(answer.rawPayload)).join(' ').replaceAll(/\s+/g, ' ')
  for (const words of ['Talk to us', 'Tuesday 1 December 2026, 6pm to 6:30pm', 'Victoria Square, Bolton', 'Book your free place', '0808 800 5000']) {
    t.match(said, words)
  }
  t.match(answer.rawPayload.toString('latin1'), `/URI (${origin}/activities/${slug})`)
  t.match(answer.rawPayload.toString('latin1'), /\/Type \/Pages\s*\/Count 1\b/)
})

t.test('the poster of a campaign has what is to come, as much as fits on one sheet', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug } = await openCampaign(db, {
    kind: 'week-of-action', strapline: 'It is never too late', hashtags: ['#itsnotokay']
  })
  for (let n = 10; n < 40; n++) await anActivity(db, { campaignId, title: `Surgery ${n}`, startsAt: noon.plus({ hours: n }).toJSDate() })
  await anActivity(db, { campaignId, title: 'Already over', ...past })
  await anActivity(db, { campaignId, title: 'Press release', booking: 'none', capacity: null, startsAt: noon.plus({ hours: 1 }).toJSDate() })

  const { rawPayload } = await app.inject(`/campaigns/${slug}/poster.pdf`)

  const said = (await linesOf(rawPayload)).join(' ')
  for (const words of ['It is never too late', '#itsnotokay', 'Surgery 10 ']) t.match(said, words)
  const shown = said.match(/Surgery \d\d/g)?.length ?? 0
  t.match(said, `And ${30 - shown} more`)
  t.notMatch(said, /Already over|Press release/)
  t.match(rawPayload.toString('latin1'), /\/Type \/Pages\s*\/Count 1\b/)
})

t.test('a badge is for those who took part in what has taken place, and only in what is public', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug } = await openCampaign(db)
  const named = async (name: string) => await db.agency.create({ data: { slug: name.toLowerCase(), name } })
  const [lead, partner, later, secret, off] = await Promise.all(['Lead', 'Partner', 'Later', 'Secret', 'Off'].map(named))
  await anActivity(db, { campaignId, ...past, leadAgencyId: lead?.id ?? null })
  const done = await db.activity.findFirstOrThrow({ where: { leadAgencyId: lead?.id ?? null } })
  await db.activityPartner.create({ data: { activityId: done.id, agencyId: partner?.id ?? '' } })
  await anActivity(db, { campaignId, leadAgencyId: later?.id ?? null })
  await anActivity(db, { campaignId, ...past, leadAgencyId: secret?.id ?? null, visibility: 'partners' })
  await anActivity(db, { campaignId, ...past, leadAgencyId: off?.id ?? null, status: 'cancelled' })

  await anActivity(db, { campaignId, ...past, runBy: 'Greenfield School' })
  await anActivity(db, { campaignId, ...past, runBy: 'Greenfield School' })
  await anActivity(db, { campaignId, runBy: 'Later School' })
  const rained = await anActivity(db, { campaignId, ...past, runBy: 'Rained School' })
  await db.outcomeReport.create({ data: { activityId: rained.id, tookPlace: false, givenAt: new Date() } })

  const page = await app.inject(`/campaigns/${slug}/badge`)

  t.match(perceived(page).text, /Greenfield School .*Lead .*Partner/)
  t.equal(page.body.split('<dt>Greenfield School</dt>').length, 2, 'once')
  t.match((await app.inject(`/campaigns/${slug}/badges/greenfield-school.svg`)).statusCode, 200)
  t.notMatch(perceived(page).text, /Rained|Later School/, 'who says that it did not take place took no part')
  for (const name of ['Later', 'Secret', 'Off']) t.notMatch(perceived(page).text, new RegExp(`\\b${name}\\b`))
  const svg = await app.inject(`/campaigns/${slug}/badges/partner.svg`)
  t.equal(svg.headers['content-type'], 'image/svg+xml; charset=utf-8')
  t.match(svg.body, /^<svg /)
  t.notMatch(svg.body, /<script|foreignObject/)
  t.strictSame(sizeOf((await app.inject(`/campaigns/${slug}/badges/lead.png`)).rawPayload), [480, 200])
  for (const file of ['later.svg', 'secret.svg', 'off.svg', 'nobody.svg', 'lead.gif', '..svg']) {
    t.equal((await app.inject(`/campaigns/${slug}/badges/${file}`)).statusCode, 404, file)
  }
})

t.test('the sitemap has what is public, with the day of its last change', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug } = await openCampaign(db)
  const activity = await anActivity(db, { campaignId })
  const long = new Date('2026-01-01T00:00:00Z')
  await db.activity.update({ where: { id: activity.id }, data: { changedAt: long } })
  await db.campaign.update({ where: { id: campaignId }, data: { changedAt: null } })
  const entry = async (path: string) => new RegExp(`<loc>${origin}${path}</loc>(.*?)</url>`).exec((await app.inject('/sitemap.xml')).body)?.[1]
  t.equal(await entry(`/activities/${activity.slug}`), '<lastmod>2026-01-01T00:00:00Z</lastmod>')
  t.equal(await entry(`/campaigns/${slug}`), '<lastmod>2026-01-01T00:00:00Z</lastmod>')

  await db.activity.update({ where: { id: activity.id }, data: { walkIns: 4, icalSequence: 9 } })
  t.equal(await entry(`/activities/${activity.slug}`), '<lastmod>2026-01-01T00:00:00Z</lastmod>', 'what nobody reads there changes nothing')
  await db.activity.update({ where: { id: activity.id }, data: { title: 'New' } })
  t.not(await entry(`/activities/${activity.slug}`), '<lastmod>2026-01-01T00:00:00Z</lastmod>')

  const embargoed = await anActivity(db, { campaignId, embargoUntil: noon.toJSDate() })
  await db.activity.update({ where: { id: embargoed.id }, data: { changedAt: long } })
  t.equal(await entry(`/activities/${embargoed.slug}`), '<lastmod>2026-11-23T12:00:00Z</lastmod>', 'it is new to everyone')
  const robots = await app.inject('/robots.txt')
  t.match(robots.body, `Sitemap: ${origin}/sitemap.xml`)
  t.notMatch((await app.inject('/sitemap.xml')).body, /bookings|staff/)
})

t.test('the sitemap has advice, scenarios and resources, unless they are of what nobody knows of', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug } = await openCampaign(db)
  await anActivity(db, { campaignId })
  const { id: secret } = await aCampaign(db, { slug: 'not-announced' })
  await anActivity(db, { campaignId: secret, visibility: 'agency' })
  const advice = { title: 'If a picture was shared', audience: 'parents', text: 'Stay calm.', status: 'published' }
  const { id } = await db.advicePage.create({ data: { ...advice, slug: 'for-all' } })
  await db.advicePage.create({ data: { ...advice, slug: 'of-the-week', campaignId } })
  await db.advicePage.create({ data: { ...advice, slug: 'hidden', campaignId: secret } })
  await db.advicePage.create({ data: { ...advice, slug: 'hidden-draft', status: 'draft' } })
  const open = await aScenario(db, { slug: 'a-story', publishedTitle: 'A story', publishedText: aStory, campaignId })
  await aScenario(db, { slug: 'hidden-story', publishedTitle: 'A story', publishedText: aStory, campaignId: secret })
  await aScenario(db, { slug: 'hidden-unpublished', publishedTitle: null, publishedText: null })

  const listed = async () => (await app.inject('/sitemap.xml')).body
  const paths = [...(await listed()).matchAll(/<loc>https:\/\/[^/]+(.*?)<\/loc>/g)].map(([, path = '']) => path)
  t.strictSame(paths.slice(0, -1), [
    '/', '/help', '/advice', '/resources', '/privacy', '/accessibility', `/campaigns/${slug}`, '/advice/for-all',
    `/campaigns/${slug}/advice/of-the-week`, '/scenarios/a-story'
  ])
  for (const path of paths) t.equal((await app.inject(path)).statusCode, 200, path)

  const long = '<lastmod>2026-01-01T00:00:00Z</lastmod>'
  await db.advicePage.updateMany({ data: { changedAt: new Date('2026-01-01T00:00:00Z') } })
  await db.scenario.updateMany({ data: { changedAt: new Date('2026-01-01T00:00:00Z') } })
  t.equal((await listed()).split(long).length, 4)
  await db.advicePage.updateMany({ data: { position: 4 } })
  await db.scenario.update({ where: { id: open.id }, data: { text: aStory } })
  t.equal((await listed()).split(long).length, 4, 'what nobody reads there changes nothing')
  await db.adviceLink.create({ data: { advicePageId: id, position: 0, title: 'More', url: 'https://x.example', about: 'x' } })
  await db.scenario.update({ where: { id: open.id }, data: { publishedText: `${aStory} ` } })
  t.equal((await listed()).split(long).length, 2, 'a link on a page is a change of it')
})

t.test('when what a campaign says was changed, its page was', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug } = await openCampaign(db)
  const { id } = await anActivity(db, { campaignId })
  const long = { changedAt: new Date('2026-01-01T00:00:00Z') }
  const lastmod = async () =>
    new RegExp(`/campaigns/${slug}</loc><lastmod>(.*?)</lastmod>`).exec((await app.inject('/sitemap.xml')).body)?.[1]
  for (const data of [{ strapline: 'New' }, { area: 'Bolton' }, { accounts: ['https://x.example'] }, { pressNote: 'New' }]) {
    await db.activity.update({ where: { id }, data: long })
    await db.campaign.update({ where: { id: campaignId }, data: long })
    t.equal(await lastmod(), '2026-01-01T00:00:00Z')
    await db.campaign.update({ where: { id: campaignId }, data })
    t.not(await lastmod(), '2026-01-01T00:00:00Z', Object.keys(data).join())
  }
  await db.campaign.update({ where: { id: campaignId }, data: long })
  await db.keyMessage.create({ data: { campaignId, audience: 'parents', position: 0, text: 'Talk.' } })
  t.not(await lastmod(), '2026-01-01T00:00:00Z', 'key messages')
})

t.test('a sitemap of many pages takes as few queries as one of few', async t => {
  const { app, db, counted } = await countedService(t)
  const { id: campaignId } = await openCampaign(db)
  for (let n = 0; n < 5; n++) await anActivity(db, { campaignId })
  counted.queries = 0
  await app.inject('/sitemap.xml')
  t.equal(counted.queries, 3)
})

t.test('strangers who ask for many posters at once are asked to come again, and keep nobody at the desk waiting', async t => {
  const { app, db } = await service(t)
  const { id: campaignId } = await openCampaign(db)
  const slugs = await Promise.all(Array.from({ length: 13 }, async () => (await anActivity(db, { campaignId })).slug))
  const { slug: last = '' } = await anActivity(db, { campaignId })
  let left = slugs.length
  const asked = slugs.map(async slug => {
    const answer = await app.inject(`/activities/${slug}/poster.pdf`)
    left--
    return answer
  })

  const ofDesk = await app.pdf.print('office/exports/sign-in-sheet', {
    title: 'A sheet', of: 'Us', facts: [], foot: '', isLarge: false, withNeeds: false, rows: []
  })

  t.equal(ofDesk.subarray(0, 4).toString(), '%PDF')
  t.ok(left > 1, 'it was made before theirs')
  const refused = (await Promise.all(asked)).filter(({ statusCode }) => statusCode !== 200)
  t.strictSame(refused.map(({ statusCode, headers }) => [statusCode, headers['retry-after'] !== undefined]), [[503, true], [503, true]])
  t.match(perceived(refused[0] ?? { body: '' }).text, 'Try again in a minute.')
  t.equal((await app.inject(`/activities/${last}/poster.pdf`)).statusCode, 200)
})
