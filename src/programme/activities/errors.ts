import { CommandError, Conflict, NotFound } from '../../platform/errors.ts'
import type { Bookability } from './booking-window.ts'
import type { ProgrammeProblem } from './programme-file.ts'

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

/** Nobody can book at the moment, whoever asks. */
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

/** Every problem of a programme file at once: whoever mends it should not have to come back for the next. */
export class ProgrammeRefused extends CommandError {
  constructor (problems: readonly ProgrammeProblem[]) {
    const lines = problems.map(({ row, column, text }) => {
      const place = [row === undefined ? [] : `row ${row}`, column ?? []].flat().join(', ')
      return place === '' ? text : `${place}: ${text}`
    })
    super([...lines, 'Nothing was imported.'].join('\n'))
  }
}

/** A list on which people wait cannot be switched off: nobody would serve them. */
export class ListStillNeeded extends Conflict {
  readonly refusal = 'list-still-needed'
  readonly title = 'People are waiting'

  constructor (waiting: number) {
    super(`${waiting === 1 ? '1 booking is' : `${waiting} bookings are`} on the waiting list, so it cannot be switched off.`)
  }
}
