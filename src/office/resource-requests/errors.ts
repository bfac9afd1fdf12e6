import { Conflict, DomainError, NotFound } from '../../platform/errors.ts'

export class ResourceRequestNotFound extends NotFound {
  readonly refusal = 'resource-request-not-found'

  constructor () {
    super('There is no such request. Requests are deleted some time after the day by which things were needed.')
  }
}

/** A link to someone's own request that we did not make, or whose request is deleted. */
export class RequestLinkEnded extends DomainError {
  readonly refusal = 'request-link-ended'
  readonly status = 410
  readonly title = 'This link no longer works'

  constructor () {
    super('This link no longer works. We have deleted your request, or the link is not complete.')
  }
}

/** There is less on the shelf than someone asks for: how many of each there are. */
export class NotEnoughLeft extends Conflict {
  readonly refusal = 'not-enough-left'
  readonly title = 'There is not enough left'
  readonly short: ReadonlyArray<{ resourceId: string, name: string, left: number }>

  constructor (short: ReadonlyArray<{ resourceId: string, name: string, left: number }>) {
    super('There is not enough left of what you ask for.')
    this.short = short
  }
}

/** Someone asks once more from an address that has as many open requests as one can have. */
export class TooManyOpen extends Conflict {
  readonly refusal = 'too-many-open-requests'
  readonly title = 'There are open requests already'

  constructor (most: number) {
    super(`There are ${most} open requests from this address already, and nothing is sent. Write to us to add to one of ` +
      'them, or cancel one: the link is in our email')
  }
}

/** A form came again with the same answers, and its request has come to an end meanwhile. */
export class AskedBefore extends Conflict {
  readonly refusal = 'asked-before'
  readonly title = 'This form was sent before'

  constructor () {
    super('This form was sent before, and that request has ended since. To ask again, press the button once more.')
  }
}

/** Someone else, or the person who asked, has done something about a request meanwhile. */
export class RequestMoved extends Conflict {
  readonly refusal = 'resource-request-moved'
  readonly title = 'This request has changed'

  constructor () {
    super('This request has changed since you opened the page. Nothing of yours was saved. See where it stands now.')
  }
}
