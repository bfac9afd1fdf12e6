import type { DateTime } from 'luxon'
import { dayInWords } from '../../programme/activities/when.ts'
import { Conflict, NotFound } from '../../platform/errors.ts'

/** The typed code gives no place; the sentence is shown beside the field. */
export class CodeRefused extends Conflict {
  readonly refusal = 'code-refused'
  readonly title = 'This code does not keep a place for you'
}

export class CodeUnknown extends CodeRefused {
  constructor () {
    super('This code is not for this activity. Check it, or leave it empty to book without one.')
  }
}

export class CodeUsedUp extends CodeRefused {
  constructor (left: number) {
    super(left === 0
      ? 'All places kept with this code have been taken. Leave it empty to book without one.'
      : `${left} of the places kept with this code ${left === 1 ? 'is' : 'are'} left. Ask for fewer, or leave it empty to book without one.`)
  }
}

export class CodeExpired extends CodeRefused {
  /** `returnedAt` is when the places returned to everyone. */
  constructor (returnedAt: DateTime<true>, zone: string) {
    super(`This code ended on ${dayInWords(returnedAt.minus({ milliseconds: 1 }), zone)}. Leave it empty to book without one.`)
  }
}

export class HoldNotFound extends NotFound {
  readonly refusal = 'hold-not-found'

  constructor () {
    super('There is no such hold.')
  }
}

/** More places are to be held than are free. */
export class TooFewToHold extends Conflict {
  readonly refusal = 'too-few-to-hold'
  readonly title = 'Not enough places are free'

  constructor (free: number) {
    super(free <= 0 ? 'No places are free to hold.' : `Only ${free === 1 ? '1 place is' : `${free} places are`} free to hold.`)
  }
}

/** Free places belong to those who wait. */
export class PeopleWait extends Conflict {
  readonly refusal = 'people-wait'
  readonly title = 'People are waiting'

  constructor (waiting: number) {
    super(`${waiting === 1 ? '1 booking is' : `${waiting} bookings are`} on the waiting list, and free places are theirs.`)
  }
}

export class CodeTaken extends Conflict {
  readonly refusal = 'code-taken'
  readonly title = 'Choose another code'

  constructor () {
    super('This activity has had a hold with this code. Choose another, or leave it empty to have one made.')
  }
}

export class HoldReturned extends Conflict {
  readonly refusal = 'hold-returned'
  readonly title = 'This hold has ended'

  constructor () {
    super('The places of this hold have gone back to everyone. Make another hold.')
  }
}

/** A hold cannot become smaller than what has been claimed of it. */
export class HoldClaimed extends Conflict {
  readonly refusal = 'hold-claimed'
  readonly title = 'These places have been claimed'

  constructor (claimed: number) {
    super(`${claimed === 1 ? '1 place of this hold has' : `${claimed} places of this hold have`} been claimed.`)
  }
}

/** A hold ends while it can still be claimed and before booking closes. */
export class HoldEndsWrongly extends Conflict {
  readonly refusal = 'hold-ends-wrongly'
  readonly title = 'Choose another day'

  constructor () {
    super('The last day of a hold must be today or later, and not after the day on which booking closes.')
  }
}
