import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import type { Booking, BookingStatus } from '../bookings/booking.ts'
import { standingAt } from '../bookings/standing.ts'

/** Long enough to find out that one's headphones are flat; before that nobody is there to let people in. */
const minutesBefore = 15

/** People drop out and come back, and what runs over must not lose them; afterwards nobody is there any more. */
const minutesAfter = 30

/** What decides whether people can go into a workshop at some instant. Instants in UTC. */
export type Doorway = Pick<Activity, 'status' | 'isOnline' | 'allDay' | 'startsAt' | 'endsAt'>

export type Door = 'not-online' | 'cancelled' | 'shut' | 'open' | 'over'

/**
 * Says whether people can go into a workshop at `now`: from 15 minutes before its start until 30 minutes
 * after its end. `cancelled` and `over` come first, because whoever comes too late wants to know that more
 * than where it would have been.
 */
export function doorAt (activity: Doorway, now: DateTime<true>): Door {
  if (activity.status === 'cancelled') return 'cancelled'
  if (now >= shutsAt(activity)) return 'over'
  if (!activity.isOnline) return 'not-online'
  return now < opensAt(activity) ? 'shut' : 'open'
}

/** The instant at which people can go in. What lasts all day begins at a midnight, and nobody comes before that. */
export function opensAt ({ allDay, startsAt }: Pick<Doorway, 'allDay' | 'startsAt'>): DateTime<true> {
  return allDay ? startsAt : startsAt.minus({ minutes: minutesBefore })
}

/** The first instant at which they no longer can. */
function shutsAt ({ allDay, endsAt }: Pick<Doorway, 'allDay' | 'endsAt'>): DateTime<true> {
  return allDay ? endsAt : endsAt.plus({ minutes: minutesAfter })
}

/** What stands between somebody and the workshop: the door, no place of theirs, or no link to lead them to. */
export type WayIn = Door | 'no-link' | Exclude<BookingStatus, 'confirmed' | 'cancelled'> | 'booking-cancelled'

/** Says whether somebody can go in with their booking at `now`: only where it is `open`. */
export function wayInAt (
  booking: Pick<Booking, 'status' | 'lapseReason' | 'offeredUntil'> & { activity: Activity }, now: DateTime<true>
): WayIn {
  const door = doorAt(booking.activity, now)
  if (door === 'cancelled' || door === 'over') return door
  const { status } = standingAt(booking, now)
  if (status !== 'confirmed') return status === 'cancelled' ? 'booking-cancelled' : status
  return door === 'open' && booking.activity.joinUrlSealed === undefined ? 'no-link' : door
}
