import type { DateTime } from 'luxon'
import { liveStatuses } from '../../booking/bookings/booking.ts'
import type { Booking, BookingStatus, CancelledBy, LapseReason } from '../../booking/bookings/booking.ts'
import type { BookingWithActivity } from '../../booking/bookings/queries.ts'
import type { Fact } from '../../platform/outbox.ts'

/** Facts that cause an email about a booking: all but facts about an activity, tests, and emails without a booking. */
export type EmailFact = Exclude<
  Fact, 'place.freed' | 'activity.changed' | 'meeting.left' | 'bulletin.tested' | 'sign-in.requested' | 'sign-in.granted' | 'factor.removed' |
  'request.received' | 'request.extended' | 'request.answered' | 'erasure.asked' | 'later-question.due' | 'standing-list.due' |
  'standing-list.stopped' | 'outcomes.due' | 'thanks.due' |
  'entry.moved' | 'entry-links.due' | 'resources.moved' | 'co-host.invited' | 'approval.decided' | 'approval-digest.due' |
  'succession.told'
>

interface Kind {
  /** The fact that announces it; `letter.due` where only the passing of time or an organiser does. */
  fact: EmailFact
  /** Statuses in which what the email says of the booking still holds. */
  holdsFor: readonly BookingStatus[]
  /** What it does to the calendar of someone who has, or had, a place. */
  method: 'REQUEST' | 'CANCEL' | undefined
  /** Whether a booking gets at most one, however often it is announced. */
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

/** The sequence of a reminder is the start it is about, see `sequenceOf`: when the start moves, there is a new one. */
const reminder = {
  fact: 'letter.due', holdsFor: ['confirmed'], method: undefined, isOnce: false, lasts: 'until-the-start'
} as const satisfies Kind

const followUp = {
  fact: 'letter.due', holdsFor: ['confirmed'], method: undefined, isOnce: true, lasts: 'for-good'
} as const satisfies Kind

/** Every kind of email; templates/mail/emails/kinds/ has a template for each, by the same name. */
export const kinds = {
  'place-confirmed': confirmation,
  'place-found': confirmation,
  'booking-changed': {
    fact: 'booking.changed', holdsFor: liveStatuses, method: 'REQUEST', isOnce: false, lasts: 'until-the-end'
  },
  'waiting-list-joined': {
    fact: 'waiting-list.joined', holdsFor: ['waiting'], method: undefined, isOnce: true, lasts: 'until-the-end'
  },
  // A person who asks again may have lost the first email: the invitation is attached as it was.
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
  // It says the current answer: an earlier email is withdrawn, see office/people/commands.ts.
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
  // Where it is not recorded who came.
  'after-the-day': followUp,
  bulletin: { fact: 'letter.due', holdsFor: liveStatuses, method: undefined, isOnce: false, lasts: 'for-good' }
} as const satisfies Record<string, Kind>

export type EmailKind = keyof typeof kinds

const lapseEmails = {
  unanswered: 'offer-lapsed', refused: 'offer-refused', closed: 'waiting-list-closed'
} as const satisfies Record<LapseReason, EmailKind>

const cancellationEmails = {
  organiser: 'cancelled-by-us', activity: 'activity-cancelled'
} as const satisfies Record<CancelledBy, EmailKind>

/** The kind of email that a fact owes to a booking; `named` is the kind that the fact names, if it does. */
export function kindOf (
  fact: EmailFact, { waitedAt, lapseReason, cancelledBy }: Pick<Booking, 'waitedAt' | 'lapseReason' | 'cancelledBy'>,
  named?: string
): EmailKind {
  switch (fact) {
    case 'booking.confirmed': return waitedAt === undefined ? 'place-confirmed' : 'place-found'
    case 'booking.changed': return 'booking-changed'
    case 'waiting-list.joined': return 'waiting-list-joined'
    case 'booking.requested-again': return 'already-booked'
    case 'booking.cancelled': return cancelledBy === undefined ? 'cancelled' : cancellationEmails[cancelledBy]
    case 'place.offered': return 'place-offered'
    case 'place.called': return 'place-called'
    case 'booking.lapsed': return lapseEmails[lapseReason ?? 'unanswered']
    case 'booking-link.requested': return 'booking-link'
    case 'letter.due':
      if (named === undefined || !isKind(named)) throw new Error(`There is no email of the kind ${String(named)}.`)
      return named
  }
}

export function isKind (kind: string): kind is EmailKind {
  return Object.hasOwn(kinds, kind)
}

/** The sequence of the reminders of a start: its minutes since 1970. */
export function sequenceOf (startsAt: DateTime<true>): number {
  return Math.floor(startsAt.toMillis() / 60_000)
}

/** Why an email of a bulletin that was stopped is not to be sent. */
export const stopped = 'Not sent: it was stopped.'

/** How far a bulletin is to go: until it is stopped, and to whom. */
export interface BulletinReach {
  isStopped: boolean
  audience: string
}

/** The bookings of an audience, by their status: one that is not named here is everyone's. */
export function statusesOf (audience: string): ReadonlyArray<typeof liveStatuses[number]> {
  switch (audience) {
    case 'confirmed': return ['confirmed']
    case 'waiting': return ['waiting', 'offered']
    default: return liveStatuses
  }
}

/**
 * Why an email is not to be sent any more, or undefined while it still holds. It was owed when it was announced; if
 * things changed while it waited for a mail server, another email says so.
 */
export function outdatedReason (
  kind: EmailKind, sequence: number, booking: BookingWithActivity, now: DateTime<true>, bulletin?: BulletinReach
): string | undefined {
  if (bulletin?.isStopped === true) return stopped
  const { holdsFor, lasts }: Kind = kinds[kind]
  const audience: readonly string[] = bulletin === undefined ? holdsFor : statusesOf(bulletin.audience)
  if (!audience.includes(booking.status)) return `Not sent: the booking is now ${booking.status}.`
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

/** What an email asks of the calendar: nothing, where the booking never had a place that a calendar could carry. */
export function methodOf (
  kind: EmailKind, { status, confirmedAt }: Pick<Booking, 'status' | 'confirmedAt'>
): 'REQUEST' | 'CANCEL' | undefined {
  const { method } = kinds[kind]
  if (method === 'REQUEST') return status === 'confirmed' ? method : undefined
  return confirmedAt === undefined ? undefined : method
}
