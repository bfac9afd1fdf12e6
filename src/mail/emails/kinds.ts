import type { DateTime } from 'luxon'
import { liveStatuses } from '../../booking/bookings/booking.ts'
import type { Booking, BookingStatus, CancelledBy, LapseReason } from '../../booking/bookings/booking.ts'
import type { BookingWithActivity } from '../../booking/bookings/queries.ts'
import type { Fact } from '../../platform/outbox.ts'

/** Facts to which a letter about a booking belongs: all but those of an activity, tests, and what is no booking's. */
export type LetterFact = Exclude<
  Fact, 'place.freed' | 'activity.changed' | 'meeting.left' | 'bulletin.tested' | 'sign-in.requested' | 'sign-in.granted' | 'factor.removed' |
  'request.received' | 'request.answered' | 'erasure.asked'
>

interface Kind {
  /** What announces it; `letter.due` where nothing but the passing of time or an organiser does. */
  fact: LetterFact
  /** Statuses in which the booking is still as the letter says. */
  holdsFor: readonly BookingStatus[]
  /** What it does to the calendar of someone who has, or had, a place. */
  method: 'REQUEST' | 'CANCEL' | undefined
  /** Whether a booking gets one in its life, however often that is announced. */
  isOnce: boolean
  /** Until when it is worth reading. */
  lasts: 'until-the-start' | 'until-the-end' | 'for-good'
}

const confirmation = {
  fact: 'booking.confirmed', holdsFor: ['confirmed'], method: 'REQUEST', isOnce: true, lasts: 'until-the-end'
} as const satisfies Kind

const cancellation = {
  fact: 'booking.cancelled', holdsFor: ['cancelled'], method: 'CANCEL', isOnce: true, lasts: 'for-good'
} as const satisfies Kind

const lapse = {
  fact: 'booking.lapsed', holdsFor: ['lapsed'], method: undefined, isOnce: true, lasts: 'until-the-end'
} as const satisfies Kind

/** Their sequence is the start of which they remind, see `sequenceOf`: for another time there is another. */
const reminder = {
  fact: 'letter.due', holdsFor: ['confirmed'], method: undefined, isOnce: false, lasts: 'until-the-start'
} as const satisfies Kind

const followUp = {
  fact: 'letter.due', holdsFor: ['confirmed'], method: undefined, isOnce: true, lasts: 'for-good'
} as const satisfies Kind

/** Every kind of email; templates/mail/emails/ has a template for each, by the same name. */
export const kinds = {
  'place-confirmed': confirmation,
  'place-found': confirmation,
  'booking-changed': {
    fact: 'booking.changed', holdsFor: liveStatuses, method: 'REQUEST', isOnce: false, lasts: 'until-the-end'
  },
  'waiting-list-joined': {
    fact: 'waiting-list.joined', holdsFor: ['waiting'], method: undefined, isOnce: true, lasts: 'until-the-end'
  },
  // Whoever asks again may have lost the first letter: the invitation goes along as it was.
  'already-booked': {
    fact: 'booking.requested-again', holdsFor: liveStatuses, method: 'REQUEST', isOnce: false, lasts: 'until-the-end'
  },
  cancelled: cancellation,
  'cancelled-by-us': cancellation,
  'activity-cancelled': cancellation,
  'place-offered': {
    fact: 'place.offered', holdsFor: ['offered'], method: undefined, isOnce: false, lasts: 'until-the-end'
  },
  'place-called': {
    fact: 'place.called', holdsFor: ['waiting'], method: undefined, isOnce: false, lasts: 'until-the-end'
  },
  'offer-lapsed': lapse,
  'offer-refused': lapse,
  'waiting-list-closed': { ...lapse, lasts: 'for-good' },
  // What it says is the answer of the moment: an earlier one does not go any more, see office/people/commands.ts.
  'access-arranged': {
    fact: 'letter.due', holdsFor: liveStatuses, method: undefined, isOnce: false, lasts: 'until-the-end'
  },
  'booking-link': {
    fact: 'booking-link.requested', holdsFor: liveStatuses, method: undefined, isOnce: false, lasts: 'until-the-end'
  },
  'reminder-week': reminder,
  'reminder-day': reminder,
  'reminder-hour': reminder,
  'thank-you': followUp,
  'sorry-we-missed-you': followUp,
  // Where nobody has noted who came.
  'after-the-day': followUp,
  bulletin: { fact: 'letter.due', holdsFor: liveStatuses, method: undefined, isOnce: false, lasts: 'for-good' }
} as const satisfies Record<string, Kind>

export type LetterKind = keyof typeof kinds

const lapseLetters = {
  unanswered: 'offer-lapsed', refused: 'offer-refused', closed: 'waiting-list-closed'
} as const satisfies Record<LapseReason, LetterKind>

const cancellationLetters = {
  organiser: 'cancelled-by-us', activity: 'activity-cancelled'
} as const satisfies Record<CancelledBy, LetterKind>

/** The kind of letter that a fact owes to a booking; `named` is the kind that the fact names, where it does. */
export function kindOf (
  fact: LetterFact, { waitedAt, lapseReason, cancelledBy }: Pick<Booking, 'waitedAt' | 'lapseReason' | 'cancelledBy'>,
  named?: string
): LetterKind {
  switch (fact) {
    case 'booking.confirmed': return waitedAt === undefined ? 'place-confirmed' : 'place-found'
    case 'booking.changed': return 'booking-changed'
    case 'waiting-list.joined': return 'waiting-list-joined'
    case 'booking.requested-again': return 'already-booked'
    case 'booking.cancelled': return cancelledBy === undefined ? 'cancelled' : cancellationLetters[cancelledBy]
    case 'place.offered': return 'place-offered'
    case 'place.called': return 'place-called'
    case 'booking.lapsed': return lapseLetters[lapseReason ?? 'unanswered']
    case 'booking-link.requested': return 'booking-link'
    case 'letter.due':
      if (named === undefined || !isKind(named)) throw new Error(`There is no email of the kind ${String(named)}.`)
      return named
  }
}

export function isKind (kind: string): kind is LetterKind {
  return Object.hasOwn(kinds, kind)
}

/** The sequence of the reminders of a start: its minutes since 1970. */
export function sequenceOf (startsAt: DateTime<true>): number {
  return Math.floor(startsAt.toMillis() / 60_000)
}

/** Why a letter of a bulletin that was stopped is not to be sent. */
export const stopped = 'Not sent: it was stopped.'

/**
 * Why a letter is not to be sent any more, or undefined while it is right. It was owed when it was
 * announced; the world may have moved on while it waited for a mail server, and then another letter says so.
 */
export function outdatedBecause (
  kind: LetterKind, sequence: number, booking: BookingWithActivity, now: DateTime<true>, isStopped = false
): string | undefined {
  if (isStopped) return stopped
  const { holdsFor, lasts }: Kind = kinds[kind]
  if (!holdsFor.includes(booking.status)) return `Not sent: the booking is now ${booking.status}.`
  if (lasts === 'for-good') return undefined
  if (kind === 'booking-changed' && sequence < booking.icalSequence) return 'Not sent: the booking was changed again.'
  if (kind === 'place-offered' && booking.offeredUntil !== undefined && now >= booking.offeredUntil) {
    return 'Not sent: the offer has ended.'
  }
  if (kind === 'place-called' && (!booking.isCalled || sequence < booking.offers)) return 'Not sent: the place is gone.'
  if (kind === 'access-arranged' && booking.accessAnswer === undefined) return 'Not sent: the answer was taken back.'
  const { startsAt, endsAt, status } = booking.activity
  if (status === 'cancelled') return 'Not sent: the activity is cancelled.'
  if (lasts === 'until-the-start') {
    if (booking.remindersOff) return 'Not sent: they do not want reminders.'
    if (sequence !== sequenceOf(startsAt)) return 'Not sent: the activity was moved.'
    if (now >= startsAt) return 'Not sent: the activity has begun.'
  }
  if (now >= endsAt) return 'Not sent: the activity is over.'
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
