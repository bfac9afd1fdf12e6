import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import type { Booking } from './booking.ts'

/** The last slide is shown a little before the end, and later where an activity runs over. */
export const checkInMinutesBefore = 15

/** Enough to do it at home, once the children are asleep. */
export const checkInHoursAfter = 6

type CheckInTimes = Pick<Activity, 'status' | 'allDay' | 'startsAt' | 'endsAt'>

/** The instant from which people can say that they were here; an all-day activity has no last minutes. */
export function checkInOpensAt ({ allDay, startsAt, endsAt }: Omit<CheckInTimes, 'status'>): DateTime<true> {
  const before = endsAt.minus({ minutes: checkInMinutesBefore })
  return allDay || before < startsAt ? startsAt : before
}

/** The first instant at which they no longer can. */
export function checkInClosesAt ({ endsAt }: Pick<CheckInTimes, 'endsAt'>): DateTime<true> {
  return endsAt.plus({ hours: checkInHoursAfter })
}

/** Whether people can say by a code that they were at an activity. */
export type CheckInState = 'not-yet' | 'open' | 'over' | 'no-place'

/** Whether the holder of a booking can say at `now` that they were here. */
export function checkInStateOf (
  { status, activity }: Pick<Booking, 'status'> & { activity: CheckInTimes }, now: DateTime<true>
): CheckInState {
  if (status !== 'confirmed' || activity.status !== 'published') return 'no-place'
  if (now < checkInOpensAt(activity)) return 'not-yet'
  return now < checkInClosesAt(activity) ? 'open' : 'over'
}

/** Whether a page is to say that its holder was here: while others type the code, and it is noted of them already. */
export function isNotedAsHere (
  booking: Pick<Booking, 'status' | 'attended'> & { activity: CheckInTimes }, now: DateTime<true>
): boolean {
  return booking.attended === true && checkInStateOf(booking, now) === 'open'
}

/** Whether a page is to lead someone to the code: while it can be typed, and nobody has said yet whether they came. */
export function asksForCheckIn (
  booking: Pick<Booking, 'status' | 'attended'> & { activity: CheckInTimes }, now: DateTime<true>
): boolean {
  return booking.attended === undefined && checkInStateOf(booking, now) === 'open'
}
