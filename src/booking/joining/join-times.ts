import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import type { Booking, BookingStatus } from '../bookings/booking.ts'
import { effectiveStatusAt } from '../bookings/effective-status.ts'

/** Long enough to find out that one's headphones are flat; earlier, no host is there to let people in. */
export const opensMinutesBefore = 15

/** People drop out and come back, and a workshop that runs over must not lose them; later, no host is there. */
const shutsMinutesAfter = 30

/** The fields that decide whether people can go into a workshop at an instant. Instants in UTC. */
export type JoinTimes = Pick<Activity, 'status' | 'isOnline' | 'allDay' | 'startsAt' | 'endsAt'>

export type JoinState = 'not-online' | 'cancelled' | 'shut' | 'open' | 'over'

/**
 * Returns whether people can go into a workshop at `now`: from a while before its start until a while after its end.
 * `cancelled` and `over` come first, because someone who comes too late wants to know that more than where it would
 * have been.
 */
export function joinStateAt (activity: JoinTimes, now: DateTime<true>): JoinState {
  if (activity.status === 'cancelled') return 'cancelled'
  if (now >= closesForLateAt(activity)) return 'over'
  if (!activity.isOnline) return 'not-online'
  return now < opensAt(activity) ? 'shut' : 'open'
}

/** The instant from which people can go in. An all-day activity begins at midnight, and no one comes before that. */
export function opensAt ({ allDay, startsAt }: Pick<JoinTimes, 'allDay' | 'startsAt'>): DateTime<true> {
  return allDay ? startsAt : startsAt.minus({ minutes: opensMinutesBefore })
}

/** The first instant at which people can no longer go in. */
function closesForLateAt ({ allDay, endsAt }: Pick<JoinTimes, 'allDay' | 'endsAt'>): DateTime<true> {
  return allDay ? endsAt : endsAt.plus({ minutes: shutsMinutesAfter })
}

/**
 * The obstacle between someone and the workshop: the door, no place, or no link to lead them to; `open` if there is
 * none.
 */
export type JoinAccess = JoinState | 'no-link' | Exclude<BookingStatus, 'confirmed' | 'cancelled'> | 'booking-cancelled'

/** Returns whether someone can go in with their booking at `now`: only if the result is `open`. */
export function joinAccessAt (
  booking: Pick<Booking, 'status' | 'lapseReason' | 'offeredUntil'> & { activity: Activity }, now: DateTime<true>
): JoinAccess {
  const joinState = joinStateAt(booking.activity, now)
  if (joinState === 'cancelled' || joinState === 'over') return joinState
  const { status } = effectiveStatusAt(booking, now)
  if (status !== 'confirmed') return status === 'cancelled' ? 'booking-cancelled' : status
  return joinState === 'open' && booking.activity.joinUrlSealed === undefined ? 'no-link' : joinState
}
