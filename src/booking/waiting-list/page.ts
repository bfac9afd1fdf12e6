import type { DateTime } from 'luxon'
import { isToCome } from '../../programme/activities/booking-window.ts'
import type { BookingWithActivity } from '../bookings/queries.ts'
import { effectiveStatusAt } from '../bookings/effective-status.ts'
import { NothingOffered, OfferEnded, PlaceTaken } from './errors.ts'

/**
 * The sentence above one's own booking after an answer to an offer failed; undefined if the page itself says what has
 * become of it.
 */
export function noticeOf (refusal: Error, booking: BookingWithActivity, now: DateTime<true>): string | undefined {
  if (!isToCome(booking.activity, now)) return undefined
  const { status, lapseReason } = effectiveStatusAt(booking, now)
  if (refusal instanceof OfferEnded) {
    if (status === 'confirmed') return 'You have accepted this place already. If you cannot come, please cancel your booking.'
    return lapseReason === 'unanswered' ? undefined : refusal.message
  }
  if (refusal instanceof NothingOffered || refusal instanceof PlaceTaken) {
    return status === 'waiting' ? refusal.message : undefined
  }
  return undefined
}
