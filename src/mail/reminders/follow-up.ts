import type { Activity } from '../../programme/activities/activity.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import type { LetterKind } from '../emails/kinds.ts'

/** The letters after the end, of which a booking gets one. */
export const followUps = ['thank-you', 'sorry-we-missed-you', 'after-the-day'] as const satisfies LetterKind[]

/**
 * Which letter somebody who had a place gets after the end. What staff noted comes first; where people go in
 * by links of their own, who never did was not there; where nobody knows, neither do we claim to.
 */
export function followUpFor (
  { entry, isOnline }: Pick<Activity, 'entry' | 'isOnline'>,
  { attended, joinedAt }: Pick<Booking, 'attended' | 'joinedAt'>
): typeof followUps[number] {
  if (attended !== undefined) return attended ? 'thank-you' : 'sorry-we-missed-you'
  if (joinedAt !== undefined) return 'thank-you'
  return entry === 'personal' && isOnline ? 'sorry-we-missed-you' : 'after-the-day'
}
