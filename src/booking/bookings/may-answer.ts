import type { DateTime } from 'luxon'
import { effectiveStatusAt } from './effective-status.ts'
import type { BookingWithActivity } from './queries.ts'

/**
 * Whether the holder of a booking is asked anything: with a place in an activity that is not cancelled, and once it has
 * begun, unless it is recorded that they did not come.
 */
export function mayAnswer (booking: BookingWithActivity, now: DateTime<true>): boolean {
  const { activity, attended } = booking
  if (activity.status === 'cancelled' || effectiveStatusAt(booking, now).status !== 'confirmed') return false
  return now < activity.startsAt || attended !== false
}
