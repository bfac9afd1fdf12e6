import type { Activity } from '../../programme/activities/activity.ts'
import { isReachable } from '../../booking/bookings/booking.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { notReached } from './reachability.ts'

/** The fields of an activity that decide whether emails contain its Teams link itself. */
type WayIn = Pick<Activity, 'joinMode' | 'joinUrlSealed'>

/** What making new links for someone's booking does, in sentences. */
export function newLinkEffects (
  booking: Pick<Booking, 'status' | 'confirmedAt' | 'email' | 'unreachableAt'>, wayIn: WayIn
): string[] {
  const email = booking.status === 'confirmed' ? 'an email with new links and an updated invitation' : 'an email with a new link'
  return [
    'Every link to this booking in emails and calendars stops working for anyone who has it.',
    isReachable(booking) ? `They get ${email} within minutes.` : notReached,
    ...teamsLinkStays(booking, wayIn)
  ]
}

/** The link that we cannot end: the Teams link, where emails to people with a place contain it. */
export function teamsLinkStays (
  { confirmedAt }: Pick<Booking, 'confirmedAt'>, { joinMode, joinUrlSealed }: WayIn
): string[] {
  const isOut = joinMode === 'invitation' && joinUrlSealed !== undefined && confirmedAt !== undefined
  return isOut
    ? ['Emails that went out have the Teams link too, and it stays good. If someone could misuse it, replace the Teams link of this workshop as well.']
    : []
}
