import fc from 'fast-check'
import { DateTime } from 'luxon'
import t from 'tap'
import { calendarMonth, monthInWords, monthOf, monthsBetween } from '../../../src/programme/activities/calendar-month.ts'

type Month = ReturnType<typeof monthOf>
const zones = ['Europe/London', 'America/New_York', 'Pacific/Apia', 'Asia/Kolkata', 'Africa/Cairo']
const instants = fc.integer({ min: Date.UTC(2001, 0), max: Date.UTC(2099, 0) })
  .map(at => DateTime.fromMillis(at, { zone: 'utc' }) as DateTime<true>)

t.test('a month has each of its days once, from Monday to Sunday, and is today on one day at most', async t => {
  fc.assert(fc.property(instants, instants, fc.constantFrom(...zones), (at, now, zone) => {
    const month = monthOf(at, zone)
    const { weeks, from, until, previous, next } = calendarMonth(month, zone, now)
    const days = weeks.flat().filter(day => day !== undefined)

    t.ok(weeks.every(week => week.length === 7))
    // Some zones have skipped a day: Samoa had no 30 December 2011.
    const numbers = Array.from({ length: from.daysInMonth }, (_, n) => n + 1)
      .filter(day => from.set({ day }).day === day)
    for (const week of weeks) {
      for (const [n, day] of week.entries()) {
        if (day === undefined) continue
        t.equal(day.startsAt.weekday, n + 1)
        t.equal(day.day, day.startsAt.toISODate())
      }
    }
    t.strictSame(days.map(({ startsAt }) => startsAt.day), numbers)
    t.ok(from <= at && at < until, 'the instant is in its month')
    t.equal(days.filter(({ isToday }) => isToday).length, monthOf(now, zone) === month ? 1 : 0)
    t.equal(calendarMonth(next, zone, now).previous, month)
    t.equal(calendarMonth(previous, zone, now).next, month)
    t.equal(calendarMonth(next, zone, now).from.toMillis(), until.toMillis(), 'no instant is between months')
  }))
})

t.test('today and the month are those of the zone', async t => {
  const newYear = DateTime.fromISO('2026-12-31T23:30:00Z', { zone: 'utc' }) as DateTime<true>

  t.equal(monthOf(newYear, 'Europe/London'), '2026-12')
  t.equal(monthOf(newYear, 'Europe/Paris'), '2027-01')
  t.equal(calendarMonth('2026-12', 'Europe/London', newYear).weeks.flat().find(day => day?.isToday)?.day, '2026-12-31')
  t.equal(monthInWords('2026-12'), 'December 2026')
  t.throws(() => calendarMonth('2026-12', 'Europe/Atlantis', newYear), TypeError)
})

t.test('months to choose from are those between two instants, the last of them where there are many', async t => {
  const at = (day: string) => DateTime.fromISO(day, { zone: 'utc' }) as DateTime<true>

  t.strictSame(monthsBetween(at('2026-11-30T23:59:59Z'), at('2027-01-01T00:00:00Z'), 'Europe/London', 9),
    ['2026-11', '2026-12', '2027-01'])
  t.strictSame(monthsBetween(at('2026-11-15'), at('2026-11-15'), 'Europe/London', 9), ['2026-11'])
  t.strictSame(monthsBetween(at('1999-01-01'), at('2026-03-29T12:00:00Z'), 'Europe/London', 2), ['2026-02', '2026-03'])
  fc.assert(fc.property(instants, instants, fc.constantFrom(...zones), (one, other, zone) => {
    const [first, last] = one <= other ? [one, other] : [other, one]
    const months: Month[] = monthsBetween(first, last, zone, 3000)
    t.equal(months[0], monthOf(first, zone))
    t.equal(months.at(-1), monthOf(last, zone))
    t.strictSame(months, [...new Set(months)].sort())
  }))
})
