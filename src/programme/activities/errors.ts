import { DomainError } from '../../platform/errors.ts'
import type { Bookability } from './booking-window.ts'

export class ActivityNotFound extends DomainError {
  readonly refusal = 'activity-not-found'

  constructor () {
    super('There is no such activity.')
  }
}

const closedBecause = {
  'not-bookable': ['not-bookable', 'There are no places to book for this activity.'],
  'not-yet-open': ['booking-not-yet-open', 'Booking for this activity has not opened yet.'],
  closed: ['booking-closed', 'Booking for this activity has closed.'],
  cancelled: ['activity-cancelled', 'This activity has been cancelled.'],
  over: ['activity-over', 'This activity has already taken place.']
} as const satisfies Record<Exclude<Bookability, 'open'>, readonly [string, string]>

/** Nobody can book at the moment, whoever asks. */
export class BookingNotOpen extends DomainError {
  readonly refusal

  constructor (bookability: Exclude<Bookability, 'open'>) {
    const [refusal, sentence] = closedBecause[bookability]
    super(sentence)
    this.refusal = refusal
  }
}

/** A list on which people wait cannot be switched off: nobody would serve them. */
export class ListStillNeeded extends DomainError {
  readonly refusal = 'list-still-needed'

  constructor (waiting: number) {
    super(`${waiting === 1 ? '1 booking is' : `${waiting} bookings are`} on the waiting list, so it cannot be switched off.`)
  }
}

/** Somebody was ticked who cannot host: they may not sign in any more, or never could. */
export class HostUnknown extends DomainError {
  readonly refusal = 'host-unknown'

  constructor () {
    super('Somebody you ticked does not work here any more. Look through the list once more.')
  }
}
