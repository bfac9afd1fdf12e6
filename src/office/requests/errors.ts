import { Conflict, DomainError, NotFound } from '../../platform/errors.ts'

export class RequestNotFound extends NotFound {
  readonly refusal = 'request-not-found'

  constructor () {
    super('There is no such request. What was answered is deleted some time afterwards.')
  }
}

export class RequestAnswered extends Conflict {
  readonly refusal = 'request-answered'
  readonly title = 'Answered already'

  constructor () {
    super('Someone else has answered this already. Nothing of yours was sent.')
  }
}

/** A form came again with the same answers, and its request was answered meanwhile. */
export class AnsweredBefore extends Conflict {
  readonly refusal = 'sent-before'
  readonly title = 'This form was sent before'

  constructor () {
    super('This form was sent before, and we have answered it since. To send it as something new, press the button once more.')
  }
}

/** The link to a copy does not work: it has expired, or we did not make it. */
export class CopyGone extends DomainError {
  readonly refusal = 'copy-gone'
  readonly status = 410
  readonly title = 'This link no longer works'

  constructor () {
    super('This link no longer works. You can ask for another copy on the page of your booking.')
  }
}
