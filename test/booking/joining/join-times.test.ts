import fc from 'fast-check'
import { DateTime } from 'luxon'
import t from 'tap'
import type { Activity } from '../../../src/programme/activities/activity.ts'
import type { BookingStatus } from '../../../src/booking/bookings/booking.ts'
import { joinStateAt, opensAt, joinAccessAt } from '../../../src/booking/joining/join-times.ts'
import type { JoinTimes } from '../../../src/booking/joining/join-times.ts'
import { joinPageOf, opensInWords } from '../../../src/booking/joining/page.ts'
import { anEntry } from '../../support/calendar-entry.ts'
import { noon } from '../../support/world.ts'

const evening: JoinTimes = {
  status: 'published', isOnline: true, allDay: false, startsAt: at('2026-12-01T18:00'), endsAt: at('2026-12-01T18:30')
}

function at (text: string, zone = 'utc'): DateTime<true> {
  return DateTime.fromISO(text, { zone }).toUTC() as DateTime<true>
}

t.test('the door opens 15 minutes before the start, to the moment, and shuts 30 minutes after the end', async t => {
  const cases: Array<[string, string]> = [
    ['2026-11-23T12:00', 'shut'], ['2026-12-01T17:44:59.999', 'shut'], ['2026-12-01T17:45', 'open'],
    ['2026-12-01T18:00', 'open'], ['2026-12-01T18:30', 'open'], ['2026-12-01T18:59:59.999', 'open'],
    ['2026-12-01T19:00', 'over'], ['2027-12-01T18:00', 'over']
  ]

  for (const [now, joinState] of cases) t.equal(joinStateAt(evening, at(now)), joinState, now)
})

t.test('what lasts all day is open from the midnight at which it begins to the one at which it ends', async t => {
  const day = { ...evening, allDay: true, startsAt: at('2027-06-01', 'Europe/London'), endsAt: at('2027-06-03', 'Europe/London') }
  const cases: Array<[string, string]> = [
    ['2027-05-31T23:59:59.999', 'shut'], ['2027-06-01T00:00', 'open'], ['2027-06-02T23:59:59.999', 'open'], ['2027-06-03T00:00', 'over']
  ]

  for (const [now, joinState] of cases) t.equal(joinStateAt(day, at(now, 'Europe/London')), joinState, now)
})

t.test('no door leads into what is cancelled or not online, and what is over is over wherever it was', async t => {
  const inTime = at('2026-12-01T18:10')

  t.equal(joinStateAt({ ...evening, status: 'cancelled' }, inTime), 'cancelled')
  t.equal(joinStateAt({ ...evening, status: 'cancelled' }, at('2027-01-01')), 'cancelled')
  t.equal(joinStateAt({ ...evening, isOnline: false }, inTime), 'not-online')
  t.equal(joinStateAt({ ...evening, isOnline: false }, at('2027-01-01')), 'over')
  t.equal(joinStateAt({ ...evening, isOnline: false, status: 'cancelled' }, inTime), 'cancelled')
})

const doorway: fc.Arbitrary<JoinTimes> = fc.record({
  status: fc.constantFrom('draft', 'published', 'cancelled'),
  isOnline: fc.boolean(),
  allDay: fc.boolean(),
  startsAt: fc.integer({ min: 0, max: 10_000 }).map(minutes => noon.plus({ minutes })),
  minutes: fc.integer({ min: 1, max: 3000 })
}).map(({ minutes, ...rest }) => ({ ...rest, endsAt: rest.startsAt.plus({ minutes }) }))

t.test('a door never opens twice, is open all through what it leads to, and nobody goes in before it opens', async t => {
  const someMinutes = fc.array(fc.integer({ min: -2000, max: 15_000 }), { minLength: 2, maxLength: 50 })
  fc.assert(fc.property(doorway, someMinutes, (way, minutes) => {
    const moments = minutes.toSorted((one, other) => one - other).map(minutes => noon.plus({ minutes }))
    const doors = moments.map(now => joinStateAt(way, now))
    const order = ['shut', 'open', 'over']
    if (way.isOnline && way.status !== 'cancelled') {
      t.strictSame(doors, doors.toSorted((one, other) => order.indexOf(one) - order.indexOf(other)))
      for (const now of [way.startsAt, way.endsAt.minus({ milliseconds: 1 })]) t.equal(joinStateAt(way, now), 'open')
    } else {
      t.notOk(doors.includes('open') || doors.includes('shut'))
    }
    moments.forEach((now, n) => { if (now < opensAt(way)) t.not(doors[n], 'open') })
  }), { numRuns: 200 })
})

t.test('only people who have a place go in, while the door is open and there is somewhere to go', async t => {
  const entry = (booking: { status?: BookingStatus }, activity: Partial<Activity> = {}) =>
    anEntry({ booking, activity: { ...evening, joinUrlSealed: 'sealed', waitingList: 'offers', ...activity } }).booking
  const before = at('2026-12-01T17:00')
  const during = at('2026-12-01T18:10')

  t.equal(joinAccessAt(entry({}), during), 'open')
  t.equal(joinAccessAt(entry({}), before), 'shut')
  t.equal(joinAccessAt(entry({}, { joinUrlSealed: undefined }), during), 'no-link')
  t.equal(joinAccessAt(entry({}, { joinUrlSealed: undefined }), before), 'shut')
  t.equal(joinAccessAt(entry({}, { isOnline: false }), during), 'not-online')
  t.equal(joinAccessAt(entry({ status: 'waiting' }), before), 'waiting')
  t.equal(joinAccessAt(entry({ status: 'waiting' }), during), 'lapsed', 'booking has closed')
  t.equal(joinAccessAt(entry({ status: 'offered' }), before), 'offered')
  t.equal(joinAccessAt(entry({ status: 'lapsed' }), before), 'lapsed')
  t.equal(joinAccessAt(entry({ status: 'cancelled' }), during), 'booking-cancelled')
  t.equal(joinAccessAt(entry({ status: 'cancelled' }, { status: 'cancelled' }), during), 'cancelled')
  t.equal(joinAccessAt(entry({ status: 'cancelled' }), at('2026-12-01T19:00')), 'over')
})

t.test('it is said when the door opens, with the day on any other, by the clocks of the activity’s zone', async t => {
  const summer = { allDay: false, zone: 'Europe/London', startsAt: at('2027-06-01T18:00', 'Europe/London') }
  const afterMidnight = { ...summer, startsAt: at('2027-06-02T00:10', 'Europe/London') }

  t.equal(opensInWords(summer, at('2027-06-01T00:30', 'Europe/London')), 'at 5:45pm')
  t.equal(opensInWords(summer, at('2027-05-31T23:30', 'Europe/London')), 'on Tuesday 1 June 2027 at 5:45pm')
  t.equal(opensInWords({ ...summer, zone: 'America/New_York' }, summer.startsAt), 'at 12:45pm')
  t.equal(opensInWords(afterMidnight, afterMidnight.startsAt), 'on Tuesday 1 June 2027 at 11:55pm')
  t.equal(opensInWords({ ...summer, allDay: true, startsAt: at('2027-06-01', 'Europe/London') }, summer.startsAt), 'on Tuesday 1 June 2027')
})

t.test('a way in that is over tells nothing of whose it was, nor of what', async t => {
  const { booking } = anEntry({ activity: evening })

  const page = JSON.stringify(joinPageOf(booking, 'token', at('2026-12-01T19:00')))

  t.match(page, 'This has ended')
  for (const told of ['Anne', booking.activity.title, booking.reference, 'December']) t.notMatch(page, told)
})
