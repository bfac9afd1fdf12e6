import { DomainError } from '../errors.ts'
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
