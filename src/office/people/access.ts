import { createHash } from 'node:crypto'
import type { DateTime } from 'luxon'
import { liveStatuses } from '../../booking/bookings/booking.ts'
import type { Booking } from '../../booking/bookings/booking.ts'

/** What somebody needs to take part, and what they were told of it. */
export type Access = Pick<Booking, 'accessNeeds' | 'accessAnswer'>

/** Tells what somebody asked for and was answered from any other: whoever answers means what they have read. */
export function editionOf ({ accessNeeds, accessAnswer }: Access): string {
  return createHash('sha256').update(JSON.stringify([accessNeeds, accessAnswer])).digest('hex').slice(0, 16)
}

/** Whether there is somebody to tell what is arranged for them. */
export function isAnswerable (
  { accessNeeds, status }: Access & Pick<Booking, 'status'>,
  { status: activityStatus, endsAt }: { status: string, endsAt: DateTime<true> }, now: DateTime<true>
): boolean {
  return accessNeeds !== undefined && liveStatuses.includes(status) && activityStatus !== 'cancelled' && now < endsAt
}
