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

/** We take more time for it already, and the law gives it once. */
export class ExtendedAlready extends Conflict {
  readonly refusal = 'request-extended'
  readonly title = 'We take more time already'

  constructor () {
    super('Someone else has taken more time for this already. Nothing of yours was sent.')
  }
}

/** The law gives no more time for it: it is a complaint, or they had to be told by a day that is past. */
export class NoMoreTime extends Conflict {
  readonly refusal = 'no-more-time'
  readonly title = 'There is no more time for this'

  constructor (lastDay?: string) {
    super(lastDay === undefined
      ? 'The law gives no more time for a complaint.'
      : `They had to be told by ${lastDay} that we need more time. Answer as soon as you can.`)
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
