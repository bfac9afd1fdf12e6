import { DomainError } from '../errors.ts'

export class RequestNotFound extends DomainError {
  readonly refusal = 'request-not-found'

  constructor () {
    super('There is no such request. What was answered is deleted some time afterwards.')
  }
}

export class RequestAnswered extends DomainError {
  readonly refusal = 'request-answered'

  constructor () {
    super('Someone else has answered this already. Nothing of yours was sent.')
  }
}

/** The link to a copy leads nowhere: it ran out, or we did not make it. */
export class CopyGone extends DomainError {
  readonly refusal = 'copy-gone'

  constructor () {
    super('This link no longer works. You can ask for another copy on the page of your booking.')
  }
}
