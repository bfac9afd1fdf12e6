import { Conflict } from '../../platform/errors.ts'
import type { DateKind } from './dates.ts'

/** A colleague has changed the year of a campaign meanwhile. */
export class CycleChanged extends Conflict {
  readonly refusal = 'cycle-changed'
  readonly title = 'Someone else has changed these dates'

  constructor () {
    super('Someone else has changed these dates since you opened the page. Nothing of yours is saved yet.')
  }
}

/** A date before another that it cannot be before. */
export class DatesInWrongOrder extends Conflict {
  readonly refusal = 'dates-in-wrong-order'
  readonly title = 'These dates are in the wrong order'
  readonly kind: DateKind

  constructor (kind: DateKind, sentence: string) {
    super(sentence)
    this.kind = kind
  }
}

/** People are asked for numbers until a day, so there has to be one. */
export class NumbersAreAskedFor extends Conflict {
  readonly refusal = 'numbers-are-asked-for'
  readonly title = 'People are asked for numbers'

  constructor () {
    super('Enter the day on which numbers are due, or stop asking for them first')
  }
}
