import type { DateTime } from 'luxon'
import { isToCome } from '../../programme/activities/booking-window.ts'
import type { BookingWindow } from '../../programme/activities/booking-window.ts'

/** Days for which the link in an invitation works. */
export const daysOfLink = 7

/** Most co-hosts and open invitations of one activity together: more are no helpers but a leak. */
export const mostCoHosts = 10

/** Who someone who is invited works for: an agency, or an organisation that becomes one when they accept. */
export type Employer = { id: string, name: string } | { id: undefined, name: string }

/** Whom an organiser invites. */
export interface Invited {
  name: string
  /** In canonical form. */
  email: string
  employer: Employer
}

/** An invitation that nobody has accepted yet. */
export interface CoHostInvitation extends Invited {
  id: string
  activityId: string
  invitedById: string
  invitedAt: DateTime<true>
  expiresAt: DateTime<true>
  /** Whether a mail server refused its email for good. */
  isRefused: boolean
}

/** True if an invitation can still be accepted: its link is not too old, and its activity is to come or on. */
export function isOpen (
  { expiresAt }: Pick<CoHostInvitation, 'expiresAt'>, activity: Pick<BookingWindow, 'status' | 'endsAt'>, now: DateTime<true>
): boolean {
  return now < expiresAt && isToCome(activity, now)
}
