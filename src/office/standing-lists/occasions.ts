import { DateTime } from 'luxon'
import { localTimeOrAfter } from '../../programme/activities/local-time.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'
import type { Timing } from './standing-list.ts'

/** A day of the week and a time of day, as clocks in a zone show them. */
export interface WeeklyMoment {
  /** From Monday, 1, to Sunday, 7. */
  weekday: number
  /** Like `08:30`. */
  timeOfDay: string
  zone: string
}

/** How long after its moment a weekly list is still worth sending: whoever waits for it has not done without yet. */
const worthHours = 24

/** A list was sent for another occasion if its activity has moved by more than this since. */
export const movedHours = 24

/** The first of its moments after an instant; each week has one, whatever clocks do. */
export function nextWeekly (weekly: WeeklyMoment, after: DateTime<true>): DateTime<true> {
  return momentsAround(weekly, after).find(at => at > after) as DateTime<true>
}

/** The last of its moments up to an instant. */
export function lastWeekly (weekly: WeeklyMoment, until: DateTime<true>): DateTime<true> {
  return momentsAround(weekly, until).findLast(at => at <= until) as DateTime<true>
}

/** True while a weekly list that was due is still sent: workers may have been away. */
export function isWorthSending (dueAt: DateTime<true>, now: DateTime<true>): boolean {
  return now < dueAt.plus({ hours: worthHours })
}

/** True if a list that was sent before an activity is sent again, now that the activity begins at another time. */
export function isAnotherStart (sentFor: DateTime<true>, startsAt: DateTime<true>): boolean {
  return Math.abs(startsAt.diff(sentFor).as('hours')) > movedHours
}

/**
 * The moments from more than a week before an instant to more than a week after it, in their order. Days are counted as
 * a calendar does and not by their hours: those of the two nights in which clocks change have others.
 */
function momentsAround ({ weekday, timeOfDay, zone }: WeeklyMoment, at: DateTime<true>): Array<DateTime<true>> {
  const today = DateTime.fromISO(calendarDayOf(at, zone), { zone: 'utc' }) as DateTime<true>
  return Array.from({ length: 19 }, (_, n) => today.plus({ days: n - 9 }))
    .filter(day => day.weekday === weekday)
    .map(day => localTimeOrAfter(`${day.toFormat('yyyy-MM-dd')} ${timeOfDay}`, zone) as DateTime<true>)
}

/** When a list is next due by its own clock; one that is due before activities has no such moment. */
export function nextOf (timing: Timing, now: DateTime<true>): Date | null {
  return timing.how === 'weekly' ? nextWeekly(timing, now).toJSDate() : null
}
