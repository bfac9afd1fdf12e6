import type { DateTime } from 'luxon'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { staffCardOf } from '../../programme/activities/staff-page.ts'
import { calendarDayInWords, dayInWords } from '../../programme/activities/when.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { isOnItsDay, may, mayEver } from '../../identity/staff/roles.ts'
import { officeZone } from '../../platform/clock.ts'
import { bookingsInWords, daysShown } from './bookings-per-day.ts'
import type { DayOfBookings } from './bookings-per-day.ts'
import { nextForCoHost } from './co-hosting.ts'
import type { Concern } from './needs.ts'

/**
 * The next activities that a member of staff may see, with how full they are, after those that are over `today`;
 * `concerns` are of those that they co-host, by slug.
 */
export function comingOf (
  { activities, total }: { activities: readonly KnownActivity[], total: number }, over: readonly KnownActivity[],
  concerns: ReadonlyMap<string, Concern>, staff: StaffMember, now: DateTime<true>
) {
  return {
    today: dayInWords(now, officeZone),
    mayMake: mayEver(staff, 'create activities'),
    total,
    left: total - activities.length,
    coming: [...over, ...activities].map(activity => ({
      ...staffCardOf(activity),
      next: nextForCoHost(staff, activity, {
        concern: concerns.get(activity.slug), isOn: dayLinkOf(activity, staff, now) !== undefined
      }, now),
      isOver: activity.endsAt <= now,
      isOnNow: activity.startsAt <= now && now < activity.endsAt,
      dayHref: dayLinkOf(activity, staff, now)
    }))
  }
}

/** Address of the page for running the activity, on its day. */
function dayLinkOf (activity: KnownActivity, staff: StaffMember, now: DateTime<true>): string | undefined {
  const isOn = activity.status === 'published' && isOnItsDay(activity, now) && may(staff, 'see people on the day', activity)
  return isOn ? `/staff/activities/${activity.slug}/evening` : undefined
}

/** How many bookings were made on each day: for a chart, in a sentence, and in a table with the latest day first. */
export function perDayOf (days: readonly DayOfBookings[]) {
  return {
    isEmpty: days.every(({ bookings }) => bookings === 0),
    sentence: bookingsInWords(days),
    days: days.map(({ day, bookings }) => ({ day: calendarDayInWords(day), bookings })).reverse()
  }
}

/** Says how many forms were stopped by the field that people cannot see; undefined where none was. */
export function trappedInWords (forms: number): string | undefined {
  if (forms === 0) return undefined
  const were = forms === 1 ? '1 form was' : `${forms} forms were`
  return `${were} stopped in the last ${daysShown} days, because something filled in a field that people cannot see. ` +
    'Most come from programs. A person whose password manager did it was told, and could send the form again.'
}
