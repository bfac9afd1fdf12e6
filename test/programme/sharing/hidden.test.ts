import t from 'tap'
import { linesOf } from '../../support/pdf.ts'
import { service } from '../../support/service.ts'
import { aCampaign, anActivity, noon } from '../../support/world.ts'

/** A word that only what is hidden has. */
const marker = 'Xyzzymarker'

const hidden = [
  { visibility: 'partners' }, { visibility: 'agency' }, { visibility: 'operational', kind: 'disruption' }, { status: 'draft' },
  { embargoUntil: noon.plus({ minutes: 1 }).toJSDate() }
]
const past = { startsAt: noon.minus({ days: 2 }).toJSDate(), endsAt: noon.minus({ days: 1 }).toJSDate() }

t.test('nothing hidden stands in a picture, a poster, a badge or the sitemap, and nothing tells that it is there', async t => {
  let now = noon
  const { app, db } = await service(t, { clock: () => now })
  const { id: campaignId, slug } = await aCampaign(db, { discreet: false })
  await anActivity(db, { campaignId, slug: 'open', title: 'Open to all' })
  const paths = ['', '/picture.png', '/poster.pdf', '/qr-code.svg', '/badge'].map(path => `/campaigns/${slug}${path}`).concat('/sitemap.xml')
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
    t.ok(before[n]?.rawPayload.equals(after[n]?.rawPayload ?? Buffer.of()), `${url} is the same with and without them`)
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
