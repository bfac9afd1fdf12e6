import { Conflict, DomainError } from '../../platform/errors.ts'
import type { Answers, Wrong } from './answers.ts'
import type { Unit } from './both-changed.ts'

/** Answers are wrong, or would make an activity be what none may be. Nothing was changed. */
export class AnswersRefused extends DomainError {
  readonly refusal = 'answers-refused'
  readonly status = 400
  readonly title = 'Something is not right yet'
  readonly wrong: readonly Wrong[]

  constructor (wrong: readonly Wrong[]) {
    super(wrong[0]?.text ?? 'Something that was filled in is wrong.')
    this.wrong = wrong
  }
}

/** Somebody else changed the same parts of an activity meanwhile. Nothing was changed. */
export class BothChanged extends Conflict {
  readonly refusal = 'both-changed'
  readonly title = 'Someone else has changed this'
  /** What was typed, where nobody else changed it; with everything else as it is now. */
  readonly answers: Answers
  readonly now: Answers
  readonly both: readonly Unit[]

  constructor (answers: Answers, now: Answers, both: readonly Unit[]) {
    super('Someone else has changed this activity while you were editing it. Nothing you typed is lost, and nothing is saved yet.')
    this.answers = answers
    this.now = now
    this.both = both
  }
}

/** People have places, or wait: what is taken down now would be gone without a word to them. */
export class PeopleRelyOnIt extends Conflict {
  readonly refusal = 'people-rely-on-it'
  readonly title = 'People rely on this'

  constructor () {
    super('People have places, wait for one, or have places kept for them. Cancel the activity instead, and they are told.')
  }
}

/** Something stands in the way of deleting an activity, in a sentence. */
export class CannotBeDeleted extends Conflict {
  readonly refusal = 'cannot-be-deleted'
  readonly title = 'This cannot be deleted'
}

/** Something without which an activity cannot be published. */
export class NotReady extends Conflict {
  readonly refusal = 'not-ready'
  readonly title = 'Not ready yet'

  constructor () {
    super('Something is still missing. Nothing was published.')
  }
}
