import type { DateTime } from 'luxon'
import { liveStatuses } from '../bookings/booking.ts'
import type { Booking, BookingStatus, LapseReason } from '../bookings/booking.ts'
import type { BookingWithActivity } from '../bookings/queries.ts'
import type { Fact } from '../outbox.ts'

/** Facts to which a letter belongs: all but those that concern an activity. */
export type LetterFact = Exclude<Fact, 'place.freed'>

interface Kind {
  /** What announces it. */
  fact: LetterFact
  /** Statuses in which the booking is still as the letter says. */
  holdsFor: readonly BookingStatus[]
  /** What it does to the calendar of someone who has, or had, a place. */
  method: 'REQUEST' | 'CANCEL' | undefined
  /** Whether a booking gets one in its life, however often that is announced. */
  isOnce: boolean
}

/** Every kind of letter; templates/letters/ has a template for each, by the same name. */
export const kinds = {
  'place-confirmed': { fact: 'booking.confirmed', holdsFor: ['confirmed'], method: 'REQUEST', isOnce: true },
  'place-found': { fact: 'booking.confirmed', holdsFor: ['confirmed'], method: 'REQUEST', isOnce: true },
  'booking-changed': { fact: 'booking.changed', holdsFor: liveStatuses, method: 'REQUEST', isOnce: false },
  'waiting-list-joined': { fact: 'waiting-list.joined', holdsFor: ['waiting'], method: undefined, isOnce: true },
  // Whoever asks again may have lost the first letter: the invitation goes along as it was.
  'already-booked': { fact: 'booking.requested-again', holdsFor: liveStatuses, method: 'REQUEST', isOnce: false },
  cancelled: { fact: 'booking.cancelled', holdsFor: ['cancelled'], method: 'CANCEL', isOnce: true },
  'place-offered': { fact: 'place.offered', holdsFor: ['offered'], method: undefined, isOnce: false },
  'place-called': { fact: 'place.called', holdsFor: ['waiting'], method: undefined, isOnce: false },
  'offer-lapsed': { fact: 'booking.lapsed', holdsFor: ['lapsed'], method: undefined, isOnce: true },
  'offer-refused': { fact: 'booking.lapsed', holdsFor: ['lapsed'], method: undefined, isOnce: true },
  'waiting-list-closed': { fact: 'booking.lapsed', holdsFor: ['lapsed'], method: undefined, isOnce: true },
  'booking-link': { fact: 'booking-link.requested', holdsFor: liveStatuses, method: undefined, isOnce: false }
} as const satisfies Record<string, Kind>

export type LetterKind = keyof typeof kinds

const lapseLetters = {
  unanswered: 'offer-lapsed', refused: 'offer-refused', closed: 'waiting-list-closed'
} as const satisfies Record<LapseReason, LetterKind>

/** The kind of letter that a fact owes to a booking. */
export function kindOf (
  fact: LetterFact, { waitedAt, lapseReason }: Pick<Booking, 'waitedAt' | 'lapseReason'>
): LetterKind {
  switch (fact) {
    case 'booking.confirmed': return waitedAt === undefined ? 'place-confirmed' : 'place-found'
    case 'booking.changed': return 'booking-changed'
    case 'waiting-list.joined': return 'waiting-list-joined'
    case 'booking.requested-again': return 'already-booked'
    case 'booking.cancelled': return 'cancelled'
    case 'place.offered': return 'place-offered'
    case 'place.called': return 'place-called'
    case 'booking.lapsed': return lapseLetters[lapseReason ?? 'unanswered']
    case 'booking-link.requested': return 'booking-link'
  }
}

/**
 * Why a letter is not to be sent any more, or undefined while it is right. It was owed when it was
 * announced; the world may have moved on while it waited for a mail server, and then another letter says so.
 */
export function outdatedBecause (
  kind: LetterKind, sequence: number, booking: BookingWithActivity, now: DateTime<true>
): string | undefined {
  const statuses: readonly BookingStatus[] = kinds[kind].holdsFor
  if (!statuses.includes(booking.status)) return `Not sent: the booking is ${booking.status} by now.`
  if (kind === 'cancelled' || kind === 'waiting-list-closed') return undefined
  if (kind === 'booking-changed' && sequence < booking.icalSequence) return 'Not sent: the booking was changed again.'
  if (kind === 'place-offered' && booking.offeredUntil !== undefined && now >= booking.offeredUntil) {
    return 'Not sent: the offer has ended.'
  }
  if (kind === 'place-called' && (!booking.isCalled || sequence < booking.offers)) return 'Not sent: the place is gone.'
  if (booking.activity.status === 'cancelled') return 'Not sent: the activity is cancelled.'
  if (now >= booking.activity.endsAt) return 'Not sent: the activity is over.'
  return undefined
}

/** What a letter asks of the calendar: nothing, where the booking never had a place that one could carry. */
export function methodOf (
  kind: LetterKind, { status, confirmedAt }: Pick<Booking, 'status' | 'confirmedAt'>
): 'REQUEST' | 'CANCEL' | undefined {
  const { method } = kinds[kind]
  if (method === 'REQUEST') return status === 'confirmed' ? method : undefined
  return confirmedAt === undefined ? undefined : method
}
