import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { DateTime } from 'luxon'
import t from 'tap'
import { reminders } from '../../../src/programme/activities/activity.ts'
import type { Reminder } from '../../../src/programme/activities/activity.ts'
import { localDay, localTime, wallClock } from '../../../src/programme/activities/local-time.ts'
import {
  farthestStartDays, followUpOf, isToFollowUp, longestAgoDays, reminderAt, remindersOf
} from '../../../src/programme/activities/reminder-times.ts'

const london = 'Europe/London'

/** The instant at which clocks show `2026-12-01 18:00`. */
function at (shown: string, zone = london): DateTime<true> {
  const time = localTime(shown, zone)
  if (time === undefined) throw new Error(`No clock in ${zone} ever shows ${shown}.`)
  return time.at
}

/** When the reminders of a start, or of a whole day, are sent in local time, and when each is too late. */
function shownReminders (start: string, { zone = london, on = reminders as readonly Reminder[] } = {}): string[] {
  const allDay = !start.includes(' ')
  const startsAt = allDay ? localDay(start, zone)?.startsAt : at(start, zone)
  if (startsAt === undefined) throw new Error(`There is no ${start}.`)
  return remindersOf({ startsAt, allDay, zone, reminders: [...on] })
    .map(({ reminder, dueAt, until }) => `${reminder} ${wallClock(dueAt, zone)} to ${wallClock(until, zone)}`)
}

t.test('people are reminded a week and a day before by the clock on the wall, and sixty minutes before', async t => {
  t.strictSame(shownReminders('2026-12-01 18:00'), [
    'week 2026-11-24 18:00 to 2026-11-30 18:00',
    'day 2026-11-30 18:00 to 2026-12-01 17:00',
    'hour 2026-12-01 17:00 to 2026-12-01 18:00'
  ])
})

t.test('six in the evening stays six in the evening when the clocks change in between', async t => {
  t.strictSame(shownReminders('2027-03-28 18:00'), [
    'week 2027-03-21 18:00 to 2027-03-27 18:00',
    'day 2027-03-27 18:00 to 2027-03-28 17:00',
    'hour 2027-03-28 17:00 to 2027-03-28 18:00'
  ])
  t.strictSame(shownReminders('2026-10-25 18:00'), [
    'week 2026-10-18 18:00 to 2026-10-24 18:00',
    'day 2026-10-24 18:00 to 2026-10-25 17:00',
    'hour 2026-10-25 17:00 to 2026-10-25 18:00'
  ])
})

t.test('the day before the clocks go forward is 23 hours before, and 25 before they go back', async t => {
  for (const [start, hours] of [['2027-03-28 18:00', 23], ['2026-10-25 18:00', 25], ['2026-12-01 18:00', 24]] as const) {
    const startsAt = at(start)
    const day = reminderAt({ startsAt, allDay: false, zone: london, reminders: ['day'] }, startsAt.minus({ hours: 20 }))
    t.equal(day?.dueAt.diff(startsAt).as('hours'), -hours)
  }
})

t.test('sixty minutes are sixty minutes, also across the hour in which the clocks change', async t => {
  t.strictSame(shownReminders('2027-03-28 02:30', { on: ['hour'] }), ['hour 2027-03-28 00:30 to 2027-03-28 02:30'])
  t.strictSame(shownReminders('2026-10-25 02:30', { on: ['hour'] }), ['hour 2026-10-25 01:30 to 2026-10-25 02:30'])
})

t.test('a time that the day before does not have is an hour on, and of one that it has twice the first is meant', async t => {
  const [left] = remindersOf({ startsAt: at('2027-03-29 01:30'), allDay: false, zone: london, reminders: ['day'] })
  const [twice] = remindersOf({ startsAt: at('2026-10-26 01:30'), allDay: false, zone: london, reminders: ['day'] })

  t.equal(left?.dueAt.toISO(), '2027-03-28T01:30:00.000Z', 'half past two, summer time')
  t.equal(twice?.dueAt.toISO(), '2026-10-25T00:30:00.000Z', 'half past one, still summer time')
})

t.test('what lasts all day is reminded of in the morning, a week before and the day before, and by no hour', async t => {
  t.strictSame(shownReminders('2026-12-01'), [
    'week 2026-11-24 10:00 to 2026-11-30 10:00', 'day 2026-11-30 10:00 to 2026-12-01 00:00'
  ])
  t.strictSame(shownReminders('2027-03-28'), [
    'week 2027-03-21 10:00 to 2027-03-27 10:00', 'day 2027-03-27 10:00 to 2027-03-28 00:00'
  ])
})

t.test('the organiser says which reminders there are, and none comes in the time of one that is off', async t => {
  t.strictSame(shownReminders('2026-12-01 18:00', { on: [] }), [])
  t.strictSame(shownReminders('2026-12-01 18:00', { on: ['week'] }), ['week 2026-11-24 18:00 to 2026-11-30 18:00'])
  t.strictSame(shownReminders('2026-12-01 18:00', { on: ['day'] }), ['day 2026-11-30 18:00 to 2026-12-01 17:00'])
  t.strictSame(shownReminders('2026-12-01', { on: ['hour'] }), [])
})

t.test('only people who book ten days ahead or more are reminded a week before, by the clock on the wall', async t => {
  const placeBy = (start: string) => {
    const [week] = remindersOf({ startsAt: at(start), allDay: false, zone: london, reminders: ['week'] })
    return week && wallClock(week.placeBy, london)
  }

  t.equal(placeBy('2026-12-11 18:00'), '2026-12-01 18:00')
  t.equal(placeBy('2027-04-01 18:00'), '2027-03-22 18:00')
  t.equal(placeBy('2026-10-30 18:00'), '2026-10-20 18:00')
})

/** Zones with all kinds of clock changes: none, on both hemispheres, by half an hour, by two, and at midnight. */
const zones = [
  london, 'America/New_York', 'Australia/Lord_Howe', 'Antarctica/Troll', 'America/Santiago', 'Africa/Cairo',
  'Asia/Kolkata', 'Pacific/Kiritimati'
]
const activities = fc.record({
  zone: fc.constantFrom(...zones),
  minutes: fc.integer({ min: 0, max: 4 * 366 * 24 * 60 }),
  reminders: fc.subarray([...reminders]),
  allDay: fc.boolean(),
  lasts: fc.integer({ min: 1, max: 9 * 24 * 60 })
}).map(({ zone, minutes, reminders, allDay, lasts }) => {
  const from = DateTime.utc(2026, 1, 1).plus({ minutes }) as DateTime<true>
  const startsAt = allDay ? (from.setZone(zone) as DateTime<true>).startOf('day').toUTC() : from
  const to = startsAt.plus({ minutes: lasts }).setZone(zone) as DateTime<true>
  const endsAt = allDay ? to.plus({ days: 1 }).startOf('day').toUTC() : to.toUTC()
  return { zone, reminders, allDay, startsAt, endsAt, followUp: true }
})
const runs = { numRuns: 5000 }

t.test('in every zone, reminders come one after the other and before the start, and never two at an instant', async () => {
  fc.assert(fc.property(activities, activity => {
    const spans = remindersOf(activity)
    return spans.every(({ dueAt, until, placeBy }, n) => {
      const next = spans[n + 1]
      return placeBy <= dueAt && dueAt < until && until <= (next?.dueAt ?? activity.startsAt)
    })
  }), runs)
})

t.test('in every zone, the clock shows the same a day and a week before, unless it left that time out', async () => {
  fc.assert(fc.property(activities, activity => {
    const { startsAt, zone, allDay } = activity
    const daysOf = { week: 7, day: 1 }
    return remindersOf(activity).every(({ reminder, dueAt }) => {
      if (reminder === 'hour') return startsAt.diff(dueAt).as('minutes') === 60
      const start = startsAt.setZone(zone) as DateTime<true>
      const day = start.startOf('day').minus({ days: daysOf[reminder] }).toISODate()
      const time = allDay ? '10:00' : start.toFormat('HH:mm')
      const meant = localTime(`${day} ${time}`, zone)
      if (meant !== undefined) return +meant.at === +dueAt
      const hoursOn = localTime(`${day} ${time}`, 'utc')?.at.diff(dueAt.setZone(zone).setZone('utc', { keepLocalTime: true }))
      return hoursOn !== undefined && hoursOn.as('hours') < 0 && hoursOn.as('hours') >= -2
    })
  }), runs)
})

t.test('what is due at an instant is the reminder whose time it is, and is near enough to be looked for', async () => {
  fc.assert(fc.property(activities, fc.integer({ min: 0, max: 9 * 24 * 60 }), (activity, minutesBefore) => {
    const now = activity.startsAt.minus({ minutes: minutesBefore })
    const due = reminderAt(activity, now)
    const open = remindersOf(activity).filter(({ dueAt, until }) => dueAt <= now && now < until)
    if (open.length !== (due === undefined ? 0 : 1)) return false
    return due === undefined || (activity.startsAt > now && activity.startsAt <= now.plus({ days: farthestStartDays }))
  }), runs)
})

const ends: Array<[what: string, endsAt: string, due: string]> = [
  ['in the evening', '2026-12-01 18:30', '2026-12-02 10:00'],
  ['late at night', '2026-12-01 23:30', '2026-12-02 10:00'],
  ['at midnight', '2026-12-02 00:00', '2026-12-02 10:00'],
  ['in the small hours', '2026-12-02 01:30', '2026-12-02 10:00'],
  ['early in the morning', '2026-12-02 04:00', '2026-12-03 10:00'],
  ['in the morning', '2026-12-01 09:00', '2026-12-02 10:00'],
  ['with its whole day', '2026-12-02 00:00', '2026-12-02 10:00'],
  ['with its week', '2027-01-04 00:00', '2027-01-04 10:00'],
  ['on the evening before the clocks go forward', '2027-03-27 18:30', '2027-03-28 10:00'],
  ['on the day on which the clocks go back', '2026-10-25 18:30', '2026-10-26 10:00']
]

for (const [what, end, due] of ends) {
  t.test(`people are emailed on the morning after an activity that ends ${what}`, async t => {
    const { dueAt, until } = followUpOf({ endsAt: at(end), zone: london })

    t.equal(wallClock(dueAt, london), due)
    t.match(wallClock(until, london), ' 10:00')
    t.equal(Math.round(until.diff(dueAt).as('days')), 3)
  })
}

t.test('people are emailed for three days, if the organiser wants it', async t => {
  const activity = { endsAt: at('2026-12-01 18:30'), zone: london, followUp: true }
  const due = at('2026-12-02 10:00')

  t.equal(isToFollowUp(activity, due.minus({ milliseconds: 1 })), false)
  t.equal(isToFollowUp(activity, due), true)
  t.equal(isToFollowUp(activity, due.plus({ days: 3 }).minus({ milliseconds: 1 })), true)
  t.equal(isToFollowUp(activity, due.plus({ days: 3 })), false)
  t.equal(isToFollowUp({ ...activity, followUp: false }, due), false)
})

t.test('in every zone, people are emailed at ten in the morning, after a night, and are still looked for', async () => {
  fc.assert(fc.property(activities, ({ endsAt, zone }) => {
    const { dueAt, until } = followUpOf({ endsAt, zone })
    const hours = dueAt.diff(endsAt).as('hours')
    return dueAt.setZone(zone).toFormat('HH:mm:ss.SSS') === '10:00:00.000' && hours > 4 && hours <= 32 &&
      until.diff(endsAt).as('days') < longestAgoDays
  }), runs)
})

t.test('the clock on the wall is that of the activity, wherever the service runs', async t => {
  const program = `
    import { DateTime } from 'luxon'
    import { followUpOf, remindersOf } from ${JSON.stringify(new URL('../../../src/programme/activities/reminder-times.ts', import.meta.url).href)}
    const activity = {
      startsAt: DateTime.utc(2027, 3, 28, 17), endsAt: DateTime.utc(2027, 3, 28, 18), allDay: false, zone: '${london}',
      reminders: ['week', 'day', 'hour']
    }
    const dueAt = [...remindersOf(activity), followUpOf(activity)].map(({ dueAt }) => dueAt.toISO())
    process.stdout.write(JSON.stringify(dueAt))`
  const run = promisify(execFile)

  for (const TZ of ['UTC', london, 'America/New_York']) {
    const env = { ...process.env, TZ }
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { env })
    t.strictSame(JSON.parse(stdout), [
      '2027-03-21T18:00:00.000Z', '2027-03-27T18:00:00.000Z', '2027-03-28T16:00:00.000Z', '2027-03-29T09:00:00.000Z'
    ], TZ)
  }
})
