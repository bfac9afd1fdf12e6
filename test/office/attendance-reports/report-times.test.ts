import fc from 'fast-check'
import { DateTime, Settings } from 'luxon'
import t from 'tap'
import { instantOf, orderOf, readDuration, readTime } from '../../../src/office/attendance-reports/report-times.ts'
import { timeFormats } from '../../support/teams-reports.ts'

const zone = 'Europe/London'
const read = (text: string) => {
  const time = readTime(text, zone)
  return time && [instantOf(time, 'day-first'), instantOf(time, 'month-first')].map(at =>
    at === undefined ? undefined : DateTime.fromMillis(at, { zone }).toFormat('yyyy-LL-dd HH:mm:ss'))
}

t.test('a time is read in every way in which it is written', async t => {
  t.strictSame(read('9/22/26, 2:48:05 PM'), [undefined, '2026-09-22 14:48:05'])
  t.strictSame(read('22/09/2026, 14:48:05'), ['2026-09-22 14:48:05', undefined])
  t.strictSame(read('1/12/2026 12:05 am'), ['2026-12-01 00:05:00', '2026-01-12 00:05:00'])
  t.strictSame(read('12/1/26, 12:05:09\u202FPM'), ['2026-01-12 12:05:09', '2026-12-01 12:05:09'], 'with a narrow space')
  t.strictSame(read('01.12.2026 18:00'), ['2026-12-01 18:00:00', '2026-12-01 18:00:00'])
  t.strictSame(read('2026-12-01T18:00:00'), ['2026-12-01 18:00:00', '2026-12-01 18:00:00'])
  t.strictSame(read('31/31/2026, 18:00:00'), [undefined, undefined])
  for (const none of ['', 'yesterday', '1/12/2026', '18:00', '1/12/2026, 25:00', '1/12/26, 13:00 PM', '1/12/26, 0:10 AM']) {
    t.equal(readTime(none, zone), undefined, none)
  }
})

t.test('every time that Teams writes is read as it was meant', async () => {
  const formats = Object.values(timeFormats)
  const instants = fc.integer({ min: 1_577_836_800, max: 1_900_000_000 })
  fc.assert(fc.property(instants, fc.constantFrom(...formats), (seconds, format) => {
    const at = DateTime.fromSeconds(seconds, { zone })
    // The hour that comes twice in October is written the same both times.
    fc.pre(at.plus({ hours: 1 }).offset === at.offset && at.minus({ hours: 1 }).offset === at.offset)
    const time = readTime(at.setLocale('en').toFormat(format), zone)
    return time !== undefined &&
      instantOf(time, format.startsWith('L') ? 'month-first' : 'day-first') === seconds * 1000
  }))
})

t.test('a time in the hour that comes twice means the first, in whatever season it is read', async t => {
  const { now } = Settings
  t.teardown(() => { Settings.now = now })
  const time = readTime('25/10/2026, 01:30:00', zone)
  for (const today of ['2026-07-01T12:00Z', '2026-12-01T12:00Z']) {
    Settings.now = () => Date.parse(today)
    t.equal(time && instantOf(time, 'day-first'), Date.parse('2026-10-25T00:30Z'), today)
  }
})

t.test('the day of the activity says which number is the month', async t => {
  const eve = (day: string) => {
    const from = DateTime.fromISO(`${day}T18:00`, { zone }).toMillis()
    return { from, to: from + 1_800_000 }
  }
  const order = (texts: string[], day: string) =>
    orderOf(texts.flatMap(text => readTime(text, zone) ?? []), eve(day))

  t.equal(order(['1/12/26, 6:05:00 PM'], '2026-12-01'), 'day-first')
  t.equal(order(['1/12/26, 6:05:00 PM'], '2026-01-12'), 'month-first')
  t.equal(order(['12/12/26, 6:05:00 PM'], '2026-12-12'), 'day-first', 'it does not matter')
  t.equal(order(['1/12/26, 6:05:00 PM'], '2026-12-02'), 'none')
  t.equal(order(['1/12/26, 6:05:00 PM', '1/13/26, 9:00:00 AM'], '2026-12-01'), 'none', 'there is no month 13')
  t.equal(order(['1/12/26, 9:05:00 PM'], '2026-12-01'), 'none', 'another session of that day')
  const from = DateTime.fromISO('2026-01-01', { zone }).toMillis()
  const weeks = { from, to: from + 364 * 86_400_000 }
  t.equal(orderOf(['1/12/26, 6:05:00 PM'].flatMap(text => readTime(text, zone) ?? []), weeks), 'both')
})

t.test('a duration is read as Teams writes it, and nothing else is one', async t => {
  t.strictSame(['3h 23m 20s', '1h 7s', '43m 12s', '2h 5m', '8s', '29m 22s', '2h 30m 1 s', '0s'].map(readDuration),
    [12_200, 3_607, 2_592, 7_500, 8, 1_762, 9_001, 0])
  t.strictSame(['', '3:23:20', '12', 'h', '3s 2h', 'about 3h'].map(readDuration), Array(6).fill(undefined))
  fc.assert(fc.property(fc.nat(99), fc.nat(59), fc.nat(59), (h, m, s) =>
    readDuration(`${h}h ${m}m ${s}s`) === h * 3600 + m * 60 + s))
})
