import type { DateTime } from 'luxon'

/** The fields that decide whether an activity can be booked at an instant. Instants in UTC. */
export interface BookingWindow {
  status: 'draft' | 'published' | 'cancelled'
  booking: 'none' | 'drop-in' | 'places' | 'invitation'
  startsAt: DateTime<true>
  endsAt: DateTime<true>
  bookingOpensAt: DateTime<true> | undefined
  bookingClosesAt: DateTime<true> | undefined
}

export type Bookability = 'open' | 'not-bookable' | 'not-yet-open' | 'closed' | 'cancelled' | 'over'

/**
 * Returns whether a place can be asked for at `now`.
 *
 * Without a closing time booking closes when the activity starts: someone who books ten minutes into a half-hour
 * workshop would get an email about something that they have missed. `over` and `cancelled` come before `closed`,
 * because people want to know that more than why the form is gone.
 */
export function bookability (window: BookingWindow, now: DateTime<true>): Bookability {
  if (window.status === 'cancelled') return 'cancelled'
  if (isPast(window, now)) return 'over'
  if (window.booking !== 'places' || window.status !== 'published') return 'not-bookable'
  if (now >= closesAt(window)) return 'closed'
  if (window.bookingOpensAt !== undefined && now < window.bookingOpensAt) return 'not-yet-open'
  return 'open'
}

/** True if places can be asked for at `now`, or will be by themselves. */
export function hasNotClosed (window: BookingWindow, now: DateTime<true>): boolean {
  return ['open', 'not-yet-open'].includes(bookability(window, now))
}

/** True from its end on, also if it was cancelled: whether it took place is another question. */
export function isPast ({ endsAt }: Pick<BookingWindow, 'endsAt'>, now: DateTime<true>): boolean {
  return now >= endsAt
}

/** True if an activity is neither cancelled nor over. */
export function isToCome ({ status, endsAt }: Pick<BookingWindow, 'status' | 'endsAt'>, now: DateTime<true>): boolean {
  return status !== 'cancelled' && now < endsAt
}

/** A cancelled activity stays as people were told; a past one that they booked stays as it was. */
export function isEditable ({ status, booking, endsAt }: BookingWindow, now: DateTime<true>): boolean {
  return status !== 'cancelled' && (booking !== 'places' || now < endsAt)
}

/** The instant at which booking closes. */
export function closesAt ({ bookingClosesAt, startsAt }: BookingWindow): DateTime<true> {
  return bookingClosesAt ?? startsAt
}
