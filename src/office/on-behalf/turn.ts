import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { hasNotClosed } from '../../programme/activities/booking-window.ts'
import { isReachable } from '../../booking/bookings/booking.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { farthestCounted } from '../../booking/bookings/effective-status.ts'
import { notReached } from './reachability.ts'

/** The parts of a booking that tell whether it has lost its turn. */
export type LostTurn = Pick<Booking,
  'status' | 'waitedAt' | 'confirmedAt' | 'copiedFromBookingId' | 'places' | 'email' | 'unreachableAt'>

/**
 * Whether someone waited, never had a place, and waits no more: they let an offer lapse or refused it, left the list,
 * or were removed from it. People who were put on another date's list keep their turn on the first.
 */
export function hasLostTurn ({ status, waitedAt, confirmedAt, copiedFromBookingId }: LostTurn): boolean {
  const isGone = status === 'lapsed' || status === 'cancelled'
  return isGone && waitedAt !== undefined && confirmedAt === undefined && copiedFromBookingId === undefined
}

/** Whether an activity has a waiting list at `now` on which someone can stand. */
export function hasList (activity: Activity, now: DateTime<true>): boolean {
  return activity.waitingList !== 'off' && hasNotClosed(activity, now)
}

/** Someone's position after restoring their turn. */
export interface Turn {
  /** 1 is next; counted up to a limit. */
  position: number
  /** Number of free places. */
  free: number
}

/** What restoring a turn does, in sentences. */
export function turnEffects (booking: LostTurn, { position, free }: Turn): string[] {
  return [
    `They are on the waiting list again as if they had never left it: ${beforeInWords(position - 1)}.`,
    ...position === 1 && booking.places <= free ? ['There is room for them now: they are served at once, by the rules of the list.'] : [],
    isReachable(booking) ? 'They get an email that says so.' : notReached
  ]
}

function beforeInWords (before: number): string {
  if (before >= farthestCounted) return 'at least 1,000 bookings are before theirs'
  if (before === 0) return 'they are next in line'
  return before === 1 ? '1 booking is before theirs' : `${before} bookings are before theirs`
}
