import fc from 'fast-check'
import { DateTime } from 'luxon'
import t from 'tap'
import { answerBy, extendedAnswerBy, pressing, requestKinds } from '../../../src/office/requests/due.ts'
import { workingDayFrom } from '../../../src/platform/working-days.ts'

const london = 'Europe/London'
const at = (iso: string) => DateTime.fromISO(iso, { zone: 'utc' }) as DateTime<true>
const someInstant = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2060, 0) })
  .map(ms => DateTime.fromMillis(ms, { zone: 'utc' }) as DateTime<true>)

/** As GOV.UK lists them for England and Wales: https://www.gov.uk/bank-holidays.json */
const bankHolidays = `
  2024-01-01 2024-03-29 2024-04-01 2024-05-06 2024-05-27 2024-08-26 2024-12-25 2024-12-26
  2025-01-01 2025-04-18 2025-04-21 2025-05-05 2025-05-26 2025-08-25 2025-12-25 2025-12-26
  2026-01-01 2026-04-03 2026-04-06 2026-05-04 2026-05-25 2026-08-31 2026-12-25 2026-12-28
  2027-01-01 2027-03-26 2027-03-29 2027-05-03 2027-05-31 2027-08-30 2027-12-27 2027-12-28
  2028-01-03 2028-04-14 2028-04-17 2028-05-01 2028-05-29 2028-08-28 2028-12-25 2028-12-26`.trim().split(/\s+/)

t.test('the days on which nobody works are weekends and the bank holidays that GOV.UK lists, and no others', async t => {
  const off: string[] = []
  for (let day = at('2024-01-01'); day < at('2029-01-01'); day = day.plus({ days: 1 })) {
    const iso = day.toISODate()
    if (day.weekday <= 5 && workingDayFrom(iso) !== iso) off.push(iso)
  }

  t.strictSame(off, bankHolidays)
})

t.test('the last day for an answer', async t => {
  const cases: Array<[string, typeof requestKinds[number], received: string, due: string]> = [
    ['a complaint has 30 days from the day after', 'complaint', '2026-11-04T12:00', '2026-12-04'],
    ['a complaint whose last day is a Saturday', 'complaint', '2026-11-05T12:00', '2026-12-07'],
    ['one whose last day is Good Friday has until Tuesday', 'complaint', '2027-02-24T12:00', '2027-03-30'],
    ['one whose last day is Christmas Day, with Boxing Day on a Saturday', 'complaint', '2026-11-25T12:00', '2026-12-29'],
    ['half past midnight in summer is still the day before in UTC', 'complaint', '2026-07-14T23:30', '2026-08-14'],
    ['any other request has until the same date of the next month', 'copy', '2026-09-03T09:00', '2026-10-05'],
    ['where there is no such date, its last day', 'deletion', '2027-01-31T09:00', '2027-03-01'],
    ['where there is no such date, its last day, which is a working day', 'objection', '2026-08-31T09:00', '2026-09-30']
  ]

  for (const [what, kind, received, due] of cases) t.equal(answerBy(kind, at(received), london), due, what)
})

t.test('whatever comes whenever, its last day is a working day, is in time by law, and does not come before earlier ones', async () => {
  const kind = fc.constantFrom(...requestKinds)
  const zone = fc.constantFrom(london, 'UTC', 'Pacific/Auckland', 'America/New_York')
  const later = fc.integer({ min: 0, max: 100_000 })
  fc.assert(fc.property(kind, someInstant, zone, later, (kind, received, zone, minutes) => {
    const due = answerBy(kind, received, zone)
    const there = received.setZone(zone)
    const first = (kind === 'complaint' ? there.plus({ days: 30 }) : there.plus({ months: 1 })).toFormat('yyyy-MM-dd')
    const days = at(due).diff(at(first), 'days').days

    return workingDayFrom(due) === due && days >= 0 && days <= 4 &&
      answerBy(kind, received.plus({ minutes }), zone) >= due
  }))
})

t.test('more time is two months more, counted from the day on which it came', async t => {
  const cases: Array<[string, received: string, due: string]> = [
    ['the same date, three months later', '2026-09-03T09:00', '2026-12-03'],
    ['the first last day was a Sunday, which gives no day more here', '2026-10-15T09:00', '2027-01-15'],
    ['where there is no such date, the last of the month, and not that of the shortest', '2026-12-31T09:00', '2027-03-31'],
    ['a last day on a Saturday', '2026-11-06T09:00', '2027-02-08'],
    ['one in the holidays', '2026-09-25T09:00', '2026-12-29'],
    ['half past midnight in summer is still the day before in UTC', '2026-07-14T23:30', '2026-10-15']
  ]
  for (const [what, received, due] of cases) t.equal(extendedAnswerBy(at(received), london), due, what)

  fc.assert(fc.property(fc.constantFrom('copy' as const, 'deletion' as const, 'objection' as const), someInstant, (kind, received) => {
    const due = extendedAnswerBy(received, london)
    const months = at(due).diff(at(answerBy(kind, received, london)), 'days').days
    return workingDayFrom(due) === due && months >= 56 && months <= 66
  }))
})

t.test('an answer presses a week before its last day, and is late from the day after on, wherever people are', async t => {
  const cases: Array<[string, ReturnType<typeof pressing>]> = [
    ['2026-11-27T22:59', 'later'], ['2026-11-28T00:00', 'soon'], ['2026-12-05T23:59', 'soon'], ['2026-12-06T00:00', 'late']
  ]
  for (const [now, how] of cases) t.equal(pressing('2026-12-05', at(now), london), how, now)
  t.equal(pressing('2026-07-05', at('2026-07-05T23:30'), london), 'late', 'it is tomorrow there already')
})
