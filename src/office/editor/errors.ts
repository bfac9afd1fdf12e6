import { DomainError } from '../../platform/errors.ts'
import type { Answers, Wrong } from './answers.ts'
import type { Unit } from './both-changed.ts'

/** Answers are wrong, or would make an activity be what none may be. Nothing was changed. */
export class AnswersRefused extends DomainError {
  readonly refusal = 'answers-refused'
  readonly wrong: readonly Wrong[]

  constructor (wrong: readonly Wrong[]) {
    super(wrong[0]?.text ?? 'Something that was filled in is wrong.')
    this.wrong = wrong
  }
}

/** Somebody else changed the same parts of an activity meanwhile. Nothing was changed. */
export class BothChanged extends DomainError {
  readonly refusal = 'both-changed'
  /** What was typed, where nobody else changed it; with everything else as it is now. */
  readonly answers: Answers
  readonly now: Answers
  readonly both: readonly Unit[]

  constructor (answers: Answers, now: Answers, both: readonly Unit[]) {
    super('Somebody else has changed this activity while you were editing it. Nothing that you typed is lost, and nothing is saved yet.')
    this.answers = answers
    this.now = now
    this.both = both
  }
}

/** People have places, or wait: what is taken down now would be gone without a word to them. */
export class PeopleRelyOnIt extends DomainError {
  readonly refusal = 'people-rely-on-it'

  constructor () {
    super('People have places, wait for one, or have places kept for them. Cancel the activity instead, and they are told.')
  }
}

/** Something stands in the way of deleting an activity, in a sentence. */
export class CannotBeDeleted extends DomainError {
  readonly refusal = 'cannot-be-deleted'
}

/** Something without which an activity cannot be published. */
export class NotReady extends DomainError {
  readonly refusal = 'not-ready'

  constructor () {
    super('Something is still missing. Nothing was published.')
  }
}
