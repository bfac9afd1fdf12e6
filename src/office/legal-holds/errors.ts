import { Conflict, NotFound } from '../../platform/errors.ts'

export class LegalHoldNotFound extends NotFound {
  readonly refusal = 'legal-hold-not-found'

  constructor () {
    super('There is no such legal hold.')
  }
}

export class LegalHoldLifted extends Conflict {
  readonly refusal = 'legal-hold-lifted'
  readonly title = 'This hold was lifted'

  constructor () {
    super('This legal hold has been lifted. What it kept is deleted on its day, or in the next night where that has passed.')
  }
}

/** A legal hold keeps what was to be erased. */
export class LegallyHeld extends Conflict {
  readonly refusal = 'legally-held'
  readonly title = 'A legal hold keeps this'

  /** `title` is that of the activity on which the hold is; undefined: it is on the person. */
  constructor (title: string | undefined) {
    super(title === undefined
      ? 'A legal hold keeps what we hold about this person. Nothing can be deleted before it is lifted.'
      : `A legal hold keeps the bookings of “${title}”, which they have booked. Nothing can be deleted before it is lifted.`)
  }
}
