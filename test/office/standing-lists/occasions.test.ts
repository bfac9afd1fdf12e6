import fc from 'fast-check'
import { DateTime } from 'luxon'
import t from 'tap'
import { isAnotherStart, isWorthSending, lastWeekly, nextWeekly } from '../../../src/office/standing-lists/occasions.ts'
import { localTime } from '../../../src/programme/activities/local-time.ts'
import { noon } from '../../support/world.ts'

const london = { weekday: 7, timeOfDay: '01:30', zone: 'Europe/London' }
const utc = (text: string) => DateTime.fromISO(text, { zone: 'utc' }) as DateTime<true>

/** Its moments from one instant on, as text. */
function moments (weekly: typeof london, from: string, count: number): string[] {
  const found: string[] = []
  let at = utc(from)
  while (found.length < count) {
    at = nextWeekly(weekly, at)
    found.push(at.toFormat("yyyy-MM-dd'T'HH:mm'Z'"))
  }
  return found
}

t.test('a time that clocks leave out in spring comes once, an hour on by the clock', async t => {
  t.strictSame(moments(london, '2027-03-15T00:00Z', 3), ['2027-03-21T01:30Z', '2027-03-28T01:30Z', '2027-04-04T00:30Z'])
})

t.test('a time that comes twice in autumn is meant once, the first time', async t => {
  t.strictSame(moments(london, '2026-10-12T00:00Z', 3), ['2026-10-18T00:30Z', '2026-10-25T00:30Z', '2026-11-01T01:30Z'])
})

const weekly = fc.record({
  weekday: fc.integer({ min: 1, max: 7 }),
  timeOfDay: fc.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`),
  // Half-hour changes, changes at midnight, a day that never was, and none.
  zone: fc.constantFrom(
    'Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Pacific/Apia', 'Asia/Kolkata', 'UTC', 'Africa/Cairo')
})
const instants = fc.integer({ min: Date.UTC(2005, 0, 1) / 60_000, max: Date.UTC(2035, 0, 1) / 60_000 })
  .map(minutes => DateTime.fromMillis(minutes * 60_000, { zone: 'utc' }) as DateTime<true>)

t.test('each week has one moment, wherever and whenever one asks', async () => {
  fc.assert(fc.property(weekly, instants, (weekly, at) => {
    const [last, next] = [lastWeekly(weekly, at), nextWeekly(weekly, at)]

    fc.pre(weekly.zone !== 'Pacific/Apia' || at.year !== 2011)
    if (!(last <= at && at < next)) return false
    // From any instant between both it is the same two.
    const before = lastWeekly(weekly, next.minus({ milliseconds: 1 }))
    if (+nextWeekly(weekly, last) !== +next || +before !== +last) return false
    const days = next.setZone(weekly.zone).startOf('day').diff(last.setZone(weekly.zone).startOf('day'), 'days').days
    return Math.abs(days - 7) < 0.1
  }), { numRuns: 3000 })
})

t.test('clocks show the day and the time that were asked for, unless they leave it out', async () => {
  fc.assert(fc.property(weekly, instants, (weekly, at) => {
    const shown = nextWeekly(weekly, at).setZone(weekly.zone)
    // Samoa had no 30 December in 2011.
    fc.pre(weekly.zone !== 'Pacific/Apia' || shown.year !== 2011)
    const exists = localTime(`${shown.toFormat('yyyy-MM-dd')} ${weekly.timeOfDay}`, weekly.zone) !== undefined
    return !exists || (shown.weekday === weekly.weekday && shown.toFormat('HH:mm') === weekly.timeOfDay)
  }), { numRuns: 3000 })
})

t.test('a weekly list that was missed is still sent within a day', async t => {
  t.ok(isWorthSending(noon, noon.plus({ hours: 23, minutes: 59 })))
  t.notOk(isWorthSending(noon, noon.plus({ hours: 24 })))
})

t.test('an activity that moves by more than a day, either way, is another occasion', async t => {
  for (const [hours, expected] of [[0, false], [24, false], [-24, false], [25, true], [-25, true]] as const) {
    t.equal(isAnotherStart(noon, noon.plus({ hours })), expected, `${hours} hours`)
  }
})
