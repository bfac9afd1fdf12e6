import type { DateTime } from 'luxon'
import { Conflict, NotFound } from '../../platform/errors.ts'
import { bookability, hasNotClosed } from './booking-window.ts'
import type { Bookability, BookingWindow } from './booking-window.ts'

export class ActivityNotFound extends NotFound {
  readonly refusal = 'activity-not-found'

  constructor () {
    super('There is no such activity.')
  }
}

const closedBecause = {
  'not-bookable': ['not-bookable', 'There is nothing to book', 'There are no places to book for this activity.'],
  'not-yet-open': [
    'booking-not-yet-open', 'Booking has not opened yet', 'Booking for this activity has not opened yet.'
  ],
  closed: ['booking-closed', 'Booking has closed', 'Booking for this activity has closed.'],
  cancelled: ['activity-cancelled', 'Cancelled', 'This activity has been cancelled.'],
  over: ['activity-over', 'This has already taken place', 'This activity has already taken place.']
} as const satisfies Record<Exclude<Bookability, 'open'>, readonly [refusal: string, title: string, sentence: string]>

/** No one can book at the moment. */
export class BookingNotOpen extends Conflict {
  readonly refusal
  readonly title

  constructor (bookability: Exclude<Bookability, 'open'>) {
    const [refusal, title, sentence] = closedBecause[bookability]
    super(sentence)
    this.refusal = refusal
    this.title = title
  }
}

/** Throws `BookingNotOpen` unless a place can be asked for at `now`. */
export function assertOpen (window: BookingWindow, now: DateTime<true>): void {
  const state = bookability(window, now)
  if (state !== 'open') throw new BookingNotOpen(state)
}

/** As `assertOpen`, but not where booking is only still to open. */
export function assertNotClosed (window: BookingWindow, now: DateTime<true>): void {
  if (!hasNotClosed(window, now)) assertOpen(window, now)
}

/** Throws `BookingNotOpen` for an activity that is cancelled or over. */
export function assertToCome ({ status, endsAt }: Pick<BookingWindow, 'status' | 'endsAt'>, now: DateTime<true>): void {
  if (status === 'cancelled') throw new BookingNotOpen('cancelled')
  if (now >= endsAt) throw new BookingNotOpen('over')
}

/** A waiting list with people on it cannot be switched off: no one would serve them. */
export class ListStillNeeded extends Conflict {
  readonly refusal = 'list-still-needed'
  readonly title = 'People are waiting'

  constructor (waiting: number) {
    super(`${waiting === 1 ? '1 booking is' : `${waiting} bookings are`} on the waiting list, so it cannot be switched off.`)
  }
}

/** A coordinator has to approve what becomes public, and who asks for it is none. Nothing was changed. */
export class ApprovalNeeded extends Conflict {
  readonly refusal = 'approval-needed'
  readonly title = 'A coordinator has to approve this'

  constructor () {
    super('In this campaign a coordinator approves what becomes public. Nothing was changed.')
  }
}

/** Nobody would be left who knows of operational work but admins. */
export class NobodyNamed extends Conflict {
  readonly refusal = 'nobody-named'
  readonly title = 'Someone has to know of it'

  constructor () {
    super('Leave at least one person who may know of it.')
  }
}

/** Someone was ticked who cannot host: they may not sign in any more, or never could. */
export class HostUnknown extends Conflict {
  readonly refusal = 'host-unknown'
  readonly title = 'They do not work here any more'

  constructor () {
    super('Someone you ticked does not work here any more. Look through the list again.')
  }
}
