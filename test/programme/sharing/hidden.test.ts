import t from 'tap'
import { buildApp } from '../../../src/app.ts'
import { linesOf } from '../../support/pdf.ts'
import { countedQueries, partsOf, service } from '../../support/service.ts'
import { anAgency } from '../../support/staff.ts'
import { withItsRoutes } from '../../support/routes.ts'
import { aCampaign, anActivity, noon, world } from '../../support/world.ts'

/** A word that only what is hidden has. */
const marker = 'Xyzzymarker'

const hidden = [
  { visibility: 'partners' }, { visibility: 'agency' }, { visibility: 'operational', kind: 'disruption' }, { status: 'draft' },
  { embargoUntil: noon.plus({ minutes: 1 }).toJSDate() }
]
const past = { startsAt: noon.minus({ days: 2 }).toJSDate(), endsAt: noon.minus({ days: 1 }).toJSDate() }

/** Without what is another each time a form is shown. */
function ofEveryone (bytes: Buffer): Buffer {
  const text = bytes.toString('latin1')
  return Buffer.from(text.replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, ''), 'latin1')
}

t.test('nothing hidden stands in a picture, a poster, a badge or the sitemap, and nothing tells that it is there', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { id: campaignId, slug } = await aCampaign(db, { discreet: false })
  await anActivity(db, { campaignId, slug: 'open', title: 'Open to all' })
  await anActivity(db, { campaignId, slug: 'open-over', title: 'Over', ...past, leadAgencyId: (await anAgency(db, { slug: 'us' })).id })
  const ofCampaign = [
    '', '/picture.png', '/poster.pdf', '/qr-code.svg', '/badge', '/badges/us.svg', '/badges/us.png', '?view=overview',
    '?view=timetable', '?view=list', '?how=book'
  ]
  const ofActivity = ['', '/picture.png', '/poster.pdf', '/qr-code.svg', '/book']
  const paths = [
    ...ofCampaign.map(path => `/campaigns/${slug}${path}`), ...ofActivity.map(path => `/activities/open${path}`),
    `/calendar/${slug}.ics`, '/calendar/activities/open.ics', '/', '/sitemap.xml', '/advice', '/resources', '/privacy', '/help'
  ]
  const before = await Promise.all(paths.map(async url => await app.inject(url)))
  const agency = await db.agency.create({ data: { slug: 'xyzzymarker', name: marker } })
  const onlyHidden = await aCampaign(db, { slug: 'xyzzymarker', title: marker, discreet: false })

  for (const [n, given] of hidden.entries()) {
    const texts = { title: marker, summary: marker, venue: marker, district: marker }
    const made = { ...texts, isOnline: false, leadAgencyId: agency.id, ...given }
    await anActivity(db, { campaignId, slug: `xyzzymarker-${n}`, ...made })
    await anActivity(db, { campaignId, slug: `xyzzymarker-over-${n}`, ...made, ...past })
    await anActivity(db, { campaignId: onlyHidden.id, slug: `xyzzymarker-alone-${n}`, ...made })
  }

  const after = await Promise.all(paths.map(async url => await app.inject(url)))
  for (const [n, url] of paths.entries()) {
    t.equal(before[n]?.statusCode, 200, url)
    const bytesOf = (answer: typeof before[0] | undefined) => ofEveryone(answer?.rawPayload ?? Buffer.of())
    t.ok(bytesOf(before[n]).equals(bytesOf(after[n])), `${url} is the same with and without them`)
    t.equal(after[n]?.headers.etag, before[n]?.headers.etag, url)
  }
  t.match((await linesOf(after[2]?.rawPayload ?? Buffer.of())).join(' '), 'Open to all')

  const unknown = async (path: string) => (await app.inject(path)).body.replaceAll(/[0-9a-f-]{36}/g, '')
  for (const file of ['/picture.png', '/poster.pdf', '/qr-code.svg']) {
    const nowhere = await unknown(`/activities/nowhere${file}`)
    for (const n of hidden.keys()) {
      const { statusCode } = await app.inject(`/activities/xyzzymarker-${n}${file}`)
      t.equal(statusCode, 404)
      t.equal(await unknown(`/activities/xyzzymarker-${n}${file}`), nowhere)
    }
  }
  for (const file of ['/picture.png', '/poster.pdf', '/qr-code.svg', '/badge', '/badges/xyzzymarker.svg']) {
    t.equal(await unknown(`/campaigns/xyzzymarker${file}`), await unknown(`/campaigns/nowhere${file}`), file)
  }
  t.equal(await unknown(`/campaigns/${slug}/badges/xyzzymarker.svg`), await unknown(`/campaigns/${slug}/badges/nobody.svg`))

  now = noon.plus({ minutes: 1 })
  t.match((await app.inject('/sitemap.xml')).body, '/activities/xyzzymarker-4<')
  t.equal((await app.inject('/activities/xyzzymarker-4/picture.png')).statusCode, 200, 'what was embargoed appears at its minute')
  t.equal((await app.inject(`/campaigns/${slug}/badges/xyzzymarker.svg`)).statusCode, 200)
})

t.test('a secret place stands in nothing public, and another one changes nothing', async t => {
  const { app, db } = await service(t)
  const { id: campaignId, slug } = await aCampaign(db, { discreet: false })
  const given = { kind: 'training', isOnline: false, venue: 'Rose House', hasSecretPlace: true, district: 'Bolton' }
  const { id } = await anActivity(db, { campaignId, slug: 'secret', title: 'Support', ...given })
  const paths = [
    ...['', '/picture.png', '/poster.pdf', '?view=overview', '?view=timetable', '?view=list', '?q=rose'].map(path => `/campaigns/${slug}${path}`),
    ...['', '/picture.png', '/poster.pdf', '/qr-code.svg', '/book'].map(path => `/activities/secret${path}`),
    `/calendar/${slug}.ics`, '/calendar/activities/secret.ics', '/', '/sitemap.xml'
  ]
  const read = async () => await Promise.all(paths.map(async url => await app.inject(url)))

  const before = await read()
  await db.activity.update({ where: { id }, data: { venue: marker } })
  const after = await read()

  for (const [n, url] of paths.entries()) {
    const [was, is] = [before[n], after[n]].map(answer => ofEveryone(answer?.rawPayload ?? Buffer.of()))
    t.equal(before[n]?.statusCode, 200, url)
    t.ok(was?.equals(is ?? Buffer.of()), `${url} is the same`)
    t.notMatch(is?.toString('latin1').replaceAll('\r\n ', ''), marker, url)
  }
  t.match(before[paths.indexOf('/activities/secret')]?.body, 'Bolton. We will tell you where once you have a place')
  t.match(before[paths.indexOf('/activities/secret/book')]?.body, 'Bolton. We will tell you where once you have a place')
})

t.test('at every public address what is hidden costs as many queries as what never was', async t => {
  const its = await world(t)
  const { db, counted } = countedQueries(its.db)
  const { app, routes } = await withItsRoutes(async () => await buildApp(partsOf({ ...its, db })))
  t.teardown(async () => { await app.close() })
  const { id: campaignId } = await aCampaign(its.db, { slug: 'hidden-campaign' })
  for (const [n, given] of hidden.entries()) await anActivity(its.db, { campaignId, slug: `hidden-${n}`, isOnline: false, ...given })
  await its.db.advicePage.create({
    data: { campaignId, slug: 'hidden', title: 'x', text: 'x', audience: 'parents', status: 'published' }
  })
  const named = routes.filter(({ method, url }) =>
    method !== 'HEAD' && !/^\/(?:staff|assets|health)\b/.test(url) && /:(?:slug|campaign|page)\b/.test(url))
  t.ok(named.length > 15, `${named.length} addresses`)

  const ask = async (method: string, url: string) => {
    counted.queries = 0
    const { statusCode } = await app.inject({
      method: method as 'GET',
      url,
      ...method === 'POST' && {
        payload: '', headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' }
      }
    })
    return `${statusCode}, ${counted.queries} queries`
  }
  const slugs = ['hidden-campaign', ...hidden.map((_, n) => `hidden-${n}`)]
  for (const { method, url } of named) {
    for (const slug of slugs) {
      const at = (name: string) => url.replace(/:(?:slug|campaign)/, name).replace(':page', 'hidden').replace(':file', 'us.svg').replace(':step', 'friday')
      t.equal(await ask(method, at(slug)), await ask(method, at(slug.replace('hidden', 'nobody'))), `${method} ${at(slug)}`)
    }
  }
})
