import fc from 'fast-check'
import t from 'tap'
import { forgetResourceRequests, moveRequest } from '../../../src/office/resource-requests/commands.ts'
import { organisationKinds } from '../../../src/office/resource-requests/request.ts'
import { added, everyMonth, listMonths, monthsOf, sumsBy } from '../../../src/office/resource-requests/totals.ts'
import type { MonthOfResource } from '../../../src/office/resource-requests/totals.ts'
import { confirming } from '../../support/confirming.ts'
import { aResource, aResourceRequest } from '../../support/resources.ts'
import { perceived, service } from '../../support/service.ts'
import { organiser, signedIn } from '../../support/staff.ts'
import { noon, world } from '../../support/world.ts'

t.test('what becomes of requests is counted by month and kind of organisation, and outlives them', async t => {
  const { app, db, outbox } = await service(t)
  const { headers } = await signedIn(app, db, { role: 'staff' })
  const { id: bands } = await aResource(db, { name: 'Wristbands', warnBelow: 93 })
  await aResource(db, { name: 'Pens', stock: 7 })
  const requests = [
    await aResourceRequest(db, bands, { organisationKind: 'school' }),
    await aResourceRequest(db, bands, { organisationKind: 'business' }),
    await aResourceRequest(db, bands)
  ]
  const [school, , unknown] = requests
  const move = async (requestId = '', to: 'approved' | 'packed' | 'handed-over' | 'refused', now = noon, granted = 8) => {
    await confirming(async confirmed => {
      await moveRequest(db, outbox, { requestId, to, granted: new Map([[bands, granted]]), message: 'So', confirmed }, organiser, now)
    })
  }
  await move(school?.id, 'approved')
  await move(school?.id, 'packed', noon.plus({ days: 1 }))
  // 11.30pm in UTC is still the last of November in London, too.
  await move(school?.id, 'handed-over', noon.set({ day: 30, hour: 23, minute: 30 }))
  await move(unknown?.id, 'refused')

  const { text } = perceived(await app.inject({ url: '/staff/resources/totals', headers }))
  t.match(text, '30 things were asked for, and 8 given out.')
  for (const row of [
    'Pens Asked for: 0 Approved: 0 Packed: 0 Given out: 0 Promised now: 0 Left now: 7',
    'Wristbands Running low Asked for: 30 Approved: 8 Packed: 8 Given out: 8 Promised now: 10 Left now: 82',
    'All together Asked for: 30 Approved: 8 Packed: 8 Given out: 8'
  ]) t.match(text, row)
  await forgetResourceRequests(db, noon.plus({ years: 1 }))
  t.equal(await db.resourceRequest.count(), 0)

  const page = await app.inject({ url: '/staff/resources/totals', headers })
  const none = 'Approved: 0 Packed: 0 Given out: 0'
  const all = 'Approved: 8 Packed: 8 Given out: 8'
  t.match(perceived(page).text, `Business, like a hotel, taxi firm or takeaway Asked for: 10 ${none} ` +
    `Not known Asked for: 10 ${none} School or college Asked for: 10 ${all}`)
  t.match(perceived(page).text, `November 2026 Asked for: 30 ${all} Download the numbers`)
  t.match(page.body, /<svg role="img" aria-label="A pair of bars for each month\. 30 things were asked for, and 8 given out\./)
  const file = await app.inject({ url: '/staff/resources/totals.csv?period=2026', headers })
  t.equal(file.body, '\uFEFFresource,month,kind_of_organisation,asked,approved,packed,given_out\r\n' +
    'Wristbands,2026-11,Not known,10,0,0,0\r\n' +
    'Wristbands,2026-11,"Business, like a hotel, taxi firm or takeaway",10,0,0,0\r\n' +
    'Wristbands,2026-11,School or college,10,8,8,8\r\n')
  for (const period of ['2025', 'nonsense', '1; DROP TABLE resources']) {
    const { statusCode } = await app.inject({ url: `/staff/resources/totals?period=${encodeURIComponent(period)}`, headers })
    t.equal(statusCode, 200, period)
  }
  t.match(perceived(await app.inject({ url: '/staff/resources/totals?period=2025', headers })).text, 'Nobody asked for anything.')
})

t.test('a process of the version before counts too', async t => {
  const { db } = await world(t)
  const { id } = await aResource(db)
  const request = await aResourceRequest(db, id, { granted: 3 })

  await db.$executeRaw`UPDATE resource_requests SET status = 'approved', changed_at = '2027-01-01T00:00:00Z' WHERE id = ${request.id}::uuid`

  t.match(await listMonths(db, monthsOf('all', '2027-01-01')),
    [{ month: '2026-11', asked: 10, granted: 0 }, { month: '2027-01', asked: 0, granted: 3, given: 0 }])
})

t.test('however it is divided, it adds up to the same', async t => {
  const amount = fc.nat(1000)
  const month = fc.tuple(fc.integer({ min: 2024, max: 2027 }), fc.integer({ min: 1, max: 12 }))
    .map(([year, month]) => `${year}-${String(month).padStart(2, '0')}`)
  const row: fc.Arbitrary<MonthOfResource> = fc.record({
    resource: fc.constantFrom('Pens', 'Posters', 'Wristbands'),
    month,
    organisationKind: fc.constantFrom(undefined, ...organisationKinds),
    asked: amount,
    granted: amount,
    packed: amount,
    given: amount
  })
  const nothing = { asked: 0, granted: 0, packed: 0, given: 0 }
  fc.assert(fc.property(fc.array(row, { maxLength: 40 }), rows => {
    const total = rows.reduce((sum, row) => added(sum, row), nothing)
    const months = everyMonth(rows, {})
    const divided = [
      [...sumsBy(rows, ({ resource }) => resource).values()],
      [...sumsBy(rows, ({ organisationKind }) => organisationKind).values()],
      months
    ]
    const sumOf = (parts: ReadonlyArray<Parameters<typeof added>[0]>) =>
      parts.reduce((sum, part) => added(sum, part), nothing)
    const isWhole = divided.every(parts => JSON.stringify(sumOf(parts)) === JSON.stringify(total))
    // Each month once, with none left out between.
    const isEvery = months.every(({ month }, n) => n === 0 || month > (months[n - 1]?.month ?? '')) &&
      months.length === new Set(months.map(({ month }) => month)).size
    return isWhole && isEvery
  }))
  t.strictSame(everyMonth([], monthsOf('last-12', '2026-03-31')).map(({ month }) => month).filter((_, n) => n % 11 === 0), ['2025-04', '2026-03'])
  t.equal(everyMonth([], monthsOf('2026', '2026-03-31')).length, 12)
  t.strictSame(everyMonth([], monthsOf('all', '2026-03-31')), [])
})
