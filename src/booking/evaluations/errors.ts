import { Conflict, DomainError, NotFound } from '../../platform/errors.ts'

/** A link that we did not make. */
export class EvaluationNotFound extends NotFound {
  readonly refusal = 'evaluation-not-found'
  override readonly title = 'This link does not work'

  constructor () {
    super('Open the link in your email again. If it is on two lines there, copy all of it.')
  }
}

/** It is too early or too late to answer, or nothing is asked. */
export class AnsweringClosed extends DomainError {
  readonly refusal = 'answering-closed'
  readonly status = 410
  readonly title: string

  constructor (why: 'not-yet' | 'closed' | 'cancelled' | 'nothing-asked') {
    super({
      'not-yet': 'You can answer once it has started. Come back to this link then.',
      closed: 'The time to answer has ended. Thank you for opening the link.',
      cancelled: 'It was cancelled, so there is nothing to answer.',
      'nothing-asked': 'There is nothing to answer here any more. Thank you for opening the link.'
    }[why])
    this.title = why === 'not-yet' ? 'Not yet' : 'There is nothing to answer'
  }
}

/** The questions changed between reading and answering them. */
export class OtherQuestions extends Conflict {
  readonly refusal = 'other-questions'
  readonly title = 'The questions have changed'

  constructor () {
    super('The questions have changed since you opened this page. Nothing is saved yet. Read them again, then send your answers.')
  }
}

/** Someone agrees to be asked once more before they have answered, or where nobody is asked. */
export class NotAskedLater extends Conflict {
  readonly refusal = 'not-asked-later'
  readonly title = 'Nobody is asked again'

  constructor () {
    super('We do not ask again about this. We have not kept your address.')
  }
}
