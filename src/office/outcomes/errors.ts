import { Conflict, DomainError } from '../../platform/errors.ts'

/** A link that we did not make, or that does not work any more. Nobody learns from it which. */
export class OutcomeLinkEnded extends DomainError {
  readonly refusal = 'outcome-link-ended'
  readonly status = 410
  readonly title = 'This link no longer works'

  constructor () {
    super('This link no longer works. The time for numbers is over, someone else leads the activity now, or the link is not complete.')
  }
}

/** Someone else has said something about the same activity meanwhile. */
export class OutcomeChanged extends Conflict {
  readonly refusal = 'outcome-changed'
  readonly title = 'Someone else has filled this in'

  constructor () {
    super('Someone else has filled this in since you opened the page. Nothing of yours is saved yet. What they gave is below.')
  }
}

/** Of what was cancelled, or is not over, nobody can say what it came to. */
export class NothingToTell extends Conflict {
  readonly refusal = 'nothing-to-tell'
  readonly title = 'There is nothing to say yet'

  constructor (because: 'cancelled' | 'not over') {
    super(because === 'cancelled'
      ? 'This activity was cancelled, so there is nothing to count.'
      : 'This activity is not over yet. You can say what it came to afterwards.')
  }
}

/** Numbers above what is usual, and nobody has said that they are right. */
export class NumbersUnusual extends Conflict {
  readonly refusal = 'numbers-unusual'
  readonly title = 'Are these numbers right?'

  constructor () {
    super('These numbers are unusually high.')
  }
}

/** Until which day people are asked has to be planned before. */
export class NoDayForNumbers extends Conflict {
  readonly refusal = 'no-day-for-numbers'
  readonly title = 'Plan first when numbers are due'

  constructor () {
    super('First plan the last day on which people can give their numbers, under “Year”. It has to be a day still to come.')
  }
}

/** Some of those who were to be asked again have answered meanwhile, or cannot be asked. */
export class NobodyToAsk extends Conflict {
  readonly refusal = 'nobody-to-ask'
  readonly title = 'There is nobody to ask'

  constructor () {
    super('Nobody is left to ask: they have answered meanwhile, we have no address, or they were asked within a day.')
  }
}

/** Nobody is left to be thanked, or it is too early. */
export class NobodyToThank extends Conflict {
  readonly refusal = 'nobody-to-thank'
  readonly title = 'There is nobody to thank'

  constructor () {
    super('There is nobody to thank: everyone was thanked already, or nothing is over yet.')
  }
}
