import t from 'tap'
import { isWhole } from '../../support/depth.ts'
import { contextWith, keeping } from '../../support/email-context.ts'
import { anEntry, anEntryForm, enter, ownLinkIn, press, tellEntrants } from '../../support/entries.ts'
import { filledIn } from '../../support/filled-in.ts'
import { countedService, perceived, post } from '../../support/service.ts'
import { anAgency, signedIn } from '../../support/staff.ts'

const districts = ['Bolton', 'Bury', 'Wigan'] as const

/** The drafts that a page of what waits lists, as their boxes are ticked. */
function boxesOn (body: string): string[] {
  return [...body.matchAll(/name="chosen" type="checkbox" value="([^"]+)"/g)].map(([, value = '']) => value)
}

/** A multiple of 60: each of the three has more than a page of them. */
const entered = isWhole ? 300 : 120

t.test('of hundreds that are entered in a day, three coordinators approve those of their districts: each once', async t => {
  const its = await countedService(t)
  const { app, db } = its
  const mailer = keeping()
  const context = contextWith(its, mailer)
  const campaign = await anEntryForm(db, { campaign: { districts: [...districts] } })
  for (let from = 0; from < entered; from += 20) {
    const ends = await Promise.all(Array.from({ length: 20 }, async (_, n) => await enter(app, campaign.slug, {
      title: `Lesson ${from + n}`,
      district: districts[(from + n) % 3] ?? '',
      email: `school${from + n}@school.example`,
      starts_day: `2026-12-0${7 + (from + n) % 3}`
    }, `10.${from / 20}.${n}.1`)))
    t.ok(ends.every(({ statusCode }) => statusCode === 303))
  }
  t.strictSame(await tellEntrants(its, context), [])
  const links = mailer.kept.splice(0).map(({ text }) => ownLinkIn(text))
  t.equal(links.length, entered)
  for (let from = 0; from < entered; from += 20) {
    await Promise.all(links.slice(from, from + 20).map(async link => await press(app, link, 'confirmation')))
  }
  t.equal(await db.approvalRequest.count(), entered)

  const coordinators = await Promise.all(districts.map(async district => {
    const { id: agencyId } = await anAgency(db, { name: `${district} Council` })
    const { headers, member } = await signedIn(app, db, { role: 'organiser', agencyId })
    await db.coordinator.create({ data: { campaignId: campaign.id, staffMemberId: member.id, districts: [district] } })
    return { district, headers }
  }))
  const [bolton = { district: '', headers: { cookie: '' } }] = coordinators
  const read = async (query = '') => await app.inject({ url: `/staff/approvals/reading${query}`, headers: bolton.headers })
  const all = await read()
  t.match(perceived(all).text, new RegExp(`${entered / 3} wait`))
  t.equal(boxesOn(all.body).length, 25)
  t.notMatch(all.body, /school1@/, 'nobody reads what is for another’s district')
  t.match(perceived(await read('?day=2026-12-07&kind=stall')).text, new RegExp(`${entered / 3} wait`))
  t.match(perceived(await read('?day=2026-12-08')).text, /Nothing that waits for you is like that/)
  t.match(perceived(await read('?district=Bury')).text, /Nothing that waits for you is like that/)

  await Promise.all(coordinators.map(async ({ headers }) => {
    for (;;) {
      const boxes = boxesOn((await app.inject({ url: '/staff/approvals/reading', headers })).body)
      if (boxes.length === 0) return
      const ticked = boxes.map(chosen => new URLSearchParams({ chosen }).toString()).join('&')
      const asked = await post(app, '/staff/approvals/reading', ticked, headers)
      const { confirmed = '' } = filledIn(asked.body)
      // The button pressed twice, at once.
      const ends = await Promise.all([1, 2].map(async () =>
        (await post(app, '/staff/approvals/reading', `${ticked}&${new URLSearchParams({ confirmed }).toString()}`, headers)).statusCode))
      t.strictSame(ends.sort(), [303, 409])
    }
  }))

  t.equal(await db.activity.count({ where: { status: 'published' } }), entered, 'none is lost')
  t.equal(await db.approvalRequest.count(), 0)
  const published = await db.auditEntry.groupBy({ by: ['staffMemberId'], where: { action: 'activity.published' }, _count: true })
  t.strictSame(published.map(({ _count }) => _count), Array.from({ length: 3 }, () => entered / 3), 'and none approved twice, or by another')
  t.strictSame(await tellEntrants(its, context), [])
  const told = mailer.kept.map(({ to, subject }) => `${to} ${subject}`)
  t.equal(told.length, entered)
  t.equal(new Set(told).size, entered, 'each school is emailed once')
})

t.test('a page of what waits asks the database as often for one as for many', async t => {
  const { app, db, counted } = await countedService(t)
  const campaign = await anEntryForm(db)
  const { headers } = await signedIn(app, db, { role: 'organiser' })
  const queries = async (url: string) => {
    const before = counted.queries
    t.equal((await app.inject({ url, headers })).statusCode, 200)
    return counted.queries - before
  }
  await anEntry(db, campaign)
  const urls = ['/staff/approvals/reading', `/staff/campaigns/${campaign.slug}/entries`, '/staff/approvals']
  const one: number[] = []
  for (const url of urls) one.push(await queries(url))
  for (let n = 0; n < 30; n++) await anEntry(db, campaign)
  const many: number[] = []
  for (const url of urls) many.push(await queries(url))
  t.strictSame(many, one)
})
