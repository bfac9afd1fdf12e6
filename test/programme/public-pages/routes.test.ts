import t from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import type { Activity } from '../../../src/platform/database/generated/client.ts'
import { loadTemplates } from '../../../src/platform/templates.ts'
import { countedService, perceived, service } from '../../support/service.ts'
import { aCampaign, anActivity, noon } from '../../support/world.ts'

const offline = { isOnline: false, booking: 'none', capacity: null }

/** An hour, so many days after noon. */
function on (days: number, hours = 0): Pick<Activity, 'startsAt' | 'endsAt'> {
  const startsAt = noon.plus({ days, hours })
  return { startsAt: startsAt.toJSDate(), endsAt: startsAt.plus({ hours: 1 }).toJSDate() }
}

/** A week of ten activities, and one that nobody may know of. */
async function aWeek (db: Db): Promise<string> {
  const { id: campaignId, slug } = await aCampaign(db, {
    title: 'Know who your friends are',
    kind: 'week-of-action',
    districts: ['Bolton', 'Bury'],
    discreet: false,
    firstDay: new Date('2026-11-30'),
    lastDay: new Date('2026-12-06')
  })
  const given = { campaignId, ...offline, audiences: ['young-people'] }
  for (let n = 0; n < 7; n++) {
    await anActivity(db, { ...given, title: `Surgery ${n}`, booking: 'drop-in', district: n % 2 === 0 ? 'Bolton' : 'Bury', ...on(7 + n) })
  }
  await anActivity(db, { campaignId, title: 'Online for parents', ...on(8, 6) })
  await anActivity(db, { ...given, title: 'Called off', status: 'cancelled', district: 'Bury', ...on(8) })
  await anActivity(db, { ...given, title: 'Posters', audiences: ['everyone'], allDay: true, startsAt: new Date('2026-11-30T00:00Z'), endsAt: new Date('2026-12-07T00:00Z') })
  return slug
}

t.test('a week is filtered by day, district, audience and way to take part, by plain addresses', async t => {
  const { app, db } = await service(t)
  const slug = await aWeek(db)
  const listed = async (search: string) => {
    const { text } = perceived(await app.inject(`/campaigns/${slug}${search}`))
    return ['Surgery 0', 'Surgery 1', 'Surgery 2', 'Online for parents', 'Called off', 'Posters'].filter(title => text.includes(title))
  }

  t.strictSame(await listed('?day=2026-12-01'), ['Surgery 1', 'Online for parents', 'Called off', 'Posters'])
  t.strictSame(await listed('?district=Bury'), ['Surgery 1', 'Called off'])
  t.strictSame(await listed('?audience=parents'), ['Online for parents', 'Posters'])
  t.strictSame(await listed('?how=book'), ['Online for parents'])
  t.strictSame(await listed('?day=2026-12-02&district=Bolton&how=drop-in&view=timetable'), ['Surgery 2'])
})

t.test('what is chosen is said in words, each with a way to take it back', async t => {
  const { app, db } = await service(t)
  const slug = await aWeek(db)

  const answer = await app.inject(`/campaigns/${slug}?district=Bury&how=drop-in`)

  t.match(perceived(answer).text, '3 activities Do not filter by: Bury × Do not filter by: Drop in × Show everything')
  t.match(answer.body, `href="/campaigns/${slug}?how=drop-in#programme"`)
  t.match(answer.body, `href="/campaigns/${slug}?district=Bury#programme"`)
  t.match(perceived(answer).text, 'All days Tue 1 Dec 1 activity Thu 3 Dec 1 activity Sat 5 Dec', 'days with nothing are not offered')
  t.match(answer.body, `<link rel="canonical" href="https://workshops.example.org/campaigns/${slug}">`)
  t.match(perceived(await app.inject(`/campaigns/${slug}?district=Bury`)).text, 'You can also join 1 activity online from home.')
})

t.test('where nothing matches a sentence says so, with the way back', async t => {
  const { app, db } = await service(t)
  const slug = await aWeek(db)

  const { text } = perceived(await app.inject(`/campaigns/${slug}?day=2026-12-01&district=Bolton`))

  t.match(text, '0 activities')
  t.match(text, 'Nothing is on that fits what you chose. Show everything')
})

t.test('what an address asks that is not there is left out, and the page says that', async t => {
  const { app, db } = await service(t)
  const slug = await aWeek(db)
  const odd = [
    'day=2026-02-30', 'district=Wigan', 'audience=%00', 'how=constructor', 'view=__proto__', 'day=2026-12-01&day=2026-12-02',
    'district[]=Bury', `district=${'x'.repeat(5000)}`, 'page=999999999', 'page=-1', '%', 'day=%E0%A4%A'
  ]

  for (const search of odd) {
    const answer = await app.inject(`/campaigns/${slug}?${search}`)
    t.equal(answer.statusCode, 200, search)
    t.match(perceived(answer).text, 'Surgery 0', search)
  }
  const partly = perceived(await app.inject(`/campaigns/${slug}?how=drop-in&district=Wigan`)).text
  t.match(partly, 'Part of this link is no longer in the programme, so we left it out.')
  t.notMatch(partly, 'Online for parents')
  t.notMatch(perceived(await app.inject(`/campaigns/${slug}?utm_source=mail`)).text, 'left it out')
})

t.test('neither counts nor choices tell of what a stranger may not know', async t => {
  const { app, db } = await service(t)
  const slug = await aWeek(db)
  const { id: campaignId } = await db.campaign.findUniqueOrThrow({ where: { slug } })
  const addresses = ['', '?view=timetable', '?view=overview', '?district=Bury', '?district=Wigan', '?day=2026-12-01', '?day=2026-12-20', '?audience=businesses', '?how=invitation']
  const answers = async () => await Promise.all([...addresses.map(search => `/campaigns/${slug}${search}`), '/', `/calendar/${slug}.ics?district=Bury`]
    .map(async url => (await app.inject(url)).body))
  const before = await answers()

  for (const given of [
    { kind: 'disruption', visibility: 'operational' }, { visibility: 'agency' }, { visibility: 'partners' }, { status: 'draft' },
    { embargoUntil: noon.plus({ minutes: 1 }).toJSDate() }
  ]) {
    for (const place of [{ district: 'Bury', ...on(8) }, { district: 'Wigan', ...on(27) }]) {
      await anActivity(db, { campaignId, ...offline, title: 'Secret', audiences: ['businesses'], booking: 'invitation', ...place, ...given })
    }
  }

  t.strictSame(await answers(), before)
})

t.test('pages of a programme are made from one reading of it, however odd the addresses that are asked for', async t => {
  const templates = loadTemplates()
  const { app, db, counted } = await countedService(t, { freshForMs: 600_000, templates })
  const renders = t.capture(templates.html, 'render', templates.html.render)
  const slug = await aWeek(db)
  await app.inject(`/campaigns/${slug}`)
  const once = counted.queries

  for (let n = 0; n < 200; n++) await app.inject(`/campaigns/${slug}?district=${n}&day=${n}&page=${n}&view=${n}&${n}=${n}`)
  t.equal(renders().length, 2, 'the page, and the page that says what was left out')
  const ofItsOwn = 2
  t.equal(counted.queries, once + ofItsOwn, 'what the second names is read for it')
  const searches = ['?view=timetable', '?view=overview', '?district=Bury']
  for (const search of searches) await app.inject(`/campaigns/${slug}${search}`)

  t.equal(counted.queries, once + ofItsOwn * (1 + searches.length))
})

t.test('a programme of any size takes the same number of queries', async t => {
  const { app, db, counted } = await countedService(t)
  const slug = await aWeek(db)
  const { id: campaignId } = await db.campaign.findUniqueOrThrow({ where: { slug } })
  const takes = async (url: string) => {
    const before = counted.queries
    t.equal((await app.inject(url)).statusCode, 200)
    return counted.queries - before
  }
  const urls = ['/', `/campaigns/${slug}`, `/campaigns/${slug}?view=overview`, `/campaigns/${slug}?view=timetable&district=Bury`, `/calendar/${slug}.ics`]
  const few = await Promise.all(urls.map(async () => 0))
  for (const [n, url] of urls.entries()) few[n] = await takes(url)

  const { id, slug: _, icalUid, ...one } = await db.activity.findFirstOrThrow({ where: { title: 'Surgery 0' } })
  await db.activity.createMany({ data: Array.from({ length: 300 }, (_, n) => ({ ...one, slug: `more-${n}`, campaignId })) })

  for (const [n, url] of urls.entries()) t.equal(await takes(url), few[n], url)
  const { body } = await app.inject(`/campaigns/${slug}?day=2026-11-30`)
  t.equal(body.match(/<li class="pk-card">/g)?.length, 100)
  t.match(body, `href="/campaigns/${slug}?day=2026-11-30&amp;page=2#programme"`)
})

t.test('a timetable has days across and hours down, and names cells of many by a way to the day', async t => {
  const { app, db } = await service(t)
  const slug = await aWeek(db)
  const { id: campaignId } = await db.campaign.findUniqueOrThrow({ where: { slug } })
  for (let n = 0; n < 12; n++) await anActivity(db, { campaignId, ...offline, title: `Stall ${n}`, ...on(9) })

  const { body } = await app.inject(`/campaigns/${slug}?view=timetable`)

  const table = /<table>[\s\S]*?<\/table>/.exec(body)?.[0] ?? ''
  const text = perceived({ body: table }).text
  t.match(text, 'Week of Monday 30 November 2026 Time Mon 30 Nov Monday 30 November 2026 Tue 1 Dec Tuesday 1 December 2026')
  t.match(text, /Midday Surgery 0 midday to 1pm.*6pm Online for parents/)
  t.match(text, 'Called off midday to 1pm. Bury. Cancelled')
  t.match(table, `<a class="govuk-link" href="/campaigns/${slug}?day=2026-12-02#programme">5 more</a>`)
  t.match(perceived({ body }).text, 'On several days Posters Monday 30 November to Sunday 6 December 2026')
})

t.test('an overview counts by district and day, and each number leads to its activities', async t => {
  const { app, db } = await service(t)
  const slug = await aWeek(db)

  const { body } = await app.inject(`/campaigns/${slug}?view=overview`)

  t.match(body, `<a href="/campaigns/${slug}?day=2026-12-01&amp;district=Bury#programme" aria-label="Bury, Tuesday 1 December 2026: 1 activity">`)
  const table = perceived({ body: /<table class="govuk-table">[\s\S]*?<\/table>/.exec(body)?.[0] ?? '' }).text
  t.match(table, 'Bolton 1 0 1 0 1 0 1 Bury 0 1 0 1 0 1 0 Online 0 1 0 0 0 0 0 Other places 1 1 1 1 1 1 1')
})

t.test('a campaign of a year has no timetable, and its days are a list to select from', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug } = await aCampaign(db)
  for (let n = 1; n <= 20; n++) await anActivity(db, { campaignId, ...on(n * 14) })

  const { body } = await app.inject(`/campaigns/${slug}?view=timetable`)

  t.notMatch(body, /<table|pk-days/)
  t.match(body, '<option value="2026-12-07">Monday 7 December 2026 (1)</option>')
})

t.test('a short programme is a list without filters', async t => {
  const { app, db } = await service(t)
  const { slug } = await db.campaign.findUniqueOrThrow({ where: { id: (await anActivity(db)).campaignId } })

  t.notMatch((await app.inject(`/campaigns/${slug}`)).body, /pk-narrowing|<select/)
})

t.test('the first page has what can be booked and where to drop in, however many posters are hung up before', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug } = await aCampaign(db, { title: 'A big day' })
  const poster = await anActivity(db, { campaignId, ...offline, title: 'Poster', ...on(1) })
  const { id, slug: _, icalUid, ...one } = poster
  await db.activity.createMany({ data: Array.from({ length: 250 }, (_, n) => ({ ...one, slug: `poster-${n}` })) })
  await anActivity(db, { campaignId, title: 'Workshop', ...on(20) })
  for (let n = 0; n < 8; n++) await anActivity(db, { campaignId, ...offline, booking: 'drop-in', title: `Stall ${n}`, ...on(2 + n) })
  await anActivity(db, { campaignId, ...offline, booking: 'drop-in', title: 'Off', status: 'cancelled', ...on(2) })

  const answer = await app.inject('/')

  const { text } = perceived(answer)
  t.match(text, /What you can book now Tue 8 Dec|What you can book now.* Workshop/)
  t.match(text, /Drop in, no need to book.* Stall 0 .* Stall 5 .*More to drop in to: A big day/)
  for (const hidden of ['Poster', 'Off ', 'Stall 6']) t.notMatch(text, hidden)
  t.match(answer.body, `href="/campaigns/${slug}?how=drop-in#programme"`)
})

t.test('the first page lists so many at a time, and a page beyond the last is the last', async t => {
  const { app, db } = await service(t)
  const { id: campaignId } = await aCampaign(db)
  for (let n = 10; n < 25; n++) await anActivity(db, { campaignId, title: `Workshop ${n}`, ...on(n) })
  const titles = async (url: string) => [...perceived(await app.inject(url)).text.matchAll(/Workshop (\d+)/g)].map(([, n]) => Number(n))

  t.strictSame(await titles('/'), [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21])
  for (const page of ['2', '3', '99999']) t.strictSame(await titles(`/?page=${page}`), [22, 23, 24], page)
  t.equal((await titles('/?page=x')).length, 12)
})

t.test('a week of action is first on the page when it is on or near, and among the earlier ones after', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  await aWeek(db)
  const headings = async () => {
    const { body } = await app.inject('/')
    return [...body.matchAll(/<h2[^>]*>([^<]*)<\/h2>/g)].map(([, heading]) => heading).slice(0, -1)
  }
  const at = async (day: string) => {
    now = noon.set({ month: Number(day.slice(0, 2)), day: Number(day.slice(3)) })
    return (await headings())[0]
  }

  t.equal(await at('10-01'), 'What you can book now')
  t.equal(await at('11-01'), 'Coming soon')
  t.equal(await at('11-30'), 'On now')
  t.equal(await at('12-06'), 'On now')
  t.equal(await at('12-07'), 'What you can book now')
  t.match((await headings()).at(-1), 'Earlier campaigns')
})

t.test('a calendar can follow a part of a programme, and has nothing where that part is gone', async t => {
  const { app, db } = await service(t)
  const slug = await aWeek(db)
  const titles = async (search: string) =>
    [...(await app.inject(`/calendar/${slug}.ics${search}`)).body.matchAll(/SUMMARY:(.*)\r/g)].map(([, title]) => title)

  t.strictSame(await titles('?district=Bury'), ['Cancelled: Called off', 'Surgery 1', 'Surgery 3', 'Surgery 5'])
  t.strictSame(await titles('?how=book'), ['Online for parents'])
  t.strictSame(await titles('?district=Wigan'), [])
  t.equal((await titles('')).length, 10)
  const feed = (await app.inject(`/calendar/${slug}.ics?how=book`)).body.replaceAll('\r\n ', '')
  t.match(feed, 'X-WR-CALNAME:Know who your friends are\\, Book a place')
  t.match(feed, `SOURCE;VALUE=URI:https://workshops.example.org/calendar/${slug}.ics?how=book`)
  t.match(feed, 'CATEGORIES:Online workshop')
  const { body } = await app.inject(`/campaigns/${slug}?district=Bury&view=timetable`)
  t.match(body, `href="webcal://workshops.example.org/calendar/${slug}.ics?district=Bury"`)
  t.match(body, `https://workshops.example.org/calendar/${slug}.ics?district=Bury</code>`)
})
