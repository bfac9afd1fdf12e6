import type { Activity } from '../../programme/activities/activity.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import type { EmailKind } from './kinds.ts'

/** The emails after the end; a booking gets one of them. */
export const followUps = ['thank-you', 'sorry-we-missed-you', 'after-the-day'] as const satisfies EmailKind[]

/**
 * Which email someone who had a place gets after the end. What staff recorded comes first; where people join by
 * personal links, those who never used theirs were absent; where it is not known, the email does not claim to know.
 */
export function followUpFor (
  { joinMode, isOnline }: Pick<Activity, 'joinMode' | 'isOnline'>,
  { attended, joinedAt }: Pick<Booking, 'attended' | 'joinedAt'>
): typeof followUps[number] {
  if (attended !== undefined) return attended ? 'thank-you' : 'sorry-we-missed-you'
  if (joinedAt !== undefined) return 'thank-you'
  return joinMode === 'personal' && isOnline ? 'sorry-we-missed-you' : 'after-the-day'
}
