import { Conflict, DomainError } from '../../platform/errors.ts'
import type { Answers, Wrong } from './answers.ts'
import type { Unit } from './both-changed.ts'

/** Answers are wrong, or describe an activity that the rules do not allow. Nothing was changed. */
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

/** Someone else changed the same parts of an activity meanwhile. Nothing was changed. */
export class BothChanged extends Conflict {
  readonly refusal = 'both-changed'
  readonly title = 'Someone else has changed this'
  /** What was typed, except where only someone else changed a part: that is as it is now. */
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

/** People have places, or wait: an activity that is unpublished now would be gone without a word to them. */
export class PeopleRelyOnIt extends Conflict {
  readonly refusal = 'people-rely-on-it'
  readonly title = 'People rely on this'

  constructor () {
    super('People have places, wait for one, or have places kept for them. Cancel the activity instead, and they are told.')
  }
}

/** A reason, in a sentence, why an activity cannot be deleted. */
export class CannotBeDeleted extends Conflict {
  readonly refusal = 'cannot-be-deleted'
  readonly title = 'This cannot be deleted'
}

/** An activity cannot be published without what is missing. */
export class NotReady extends Conflict {
  readonly refusal = 'not-ready'
  readonly title = 'Not ready yet'

  constructor () {
    super('Something is still missing. Nothing was published.')
  }
}

/** A draft is not as its reader read it: who asks for approval has changed it meanwhile. */
export class ChangedSinceRead extends Conflict {
  readonly refusal = 'changed-since-read'
  readonly title = 'This has changed'

  constructor () {
    super('Someone has changed this since you opened the page, so nothing is published. Read it as it is now.')
  }
}
