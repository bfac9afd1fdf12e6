import { DomainError } from '../../platform/errors.ts'

/** As many lists are being downloaded as may be at once. */
export class ListsBusy extends DomainError {
  readonly refusal = 'lists-busy'
  readonly status = 429
  readonly title = 'Try again in a minute'

  constructor () {
    super('Several other lists are being downloaded just now. Try again in a minute.')
  }
}

/** Who is on a list would tell what someone may not take away. */
export class TellsTooMuch extends DomainError {
  readonly refusal = 'tells-too-much'
  readonly status = 403
  readonly title = 'You cannot have this list'

  constructor () {
    super('Only organisers can have a list of people found by their access need, question or phone number. You can see these people on the page.')
  }
}

/** What people need would be taken away on paper by someone who may not have it in a list. */
export class NeedsNotForSheet extends DomainError {
  readonly refusal = 'needs-not-for-sheet'
  readonly status = 403
  readonly title = 'You cannot have this sheet'

  constructor () {
    super('Only organisers can have what people need on a sheet. You can see it on the pages, and have the sheet without it.')
  }
}

/** A sheet on which nobody would stand. */
export class NobodyToSignIn extends DomainError {
  readonly refusal = 'nobody-to-sign-in'
  readonly status = 409
  readonly title = 'There is nobody to sign in'

  constructor ({ isCancelled }: { isCancelled: boolean }) {
    super(isCancelled
      ? 'This activity is cancelled. Nobody has a place in it any more.'
      : 'Nobody has a place in this activity yet.')
  }
}

/** A format cannot hold as many rows. */
export class TooManyRows extends DomainError {
  readonly refusal = 'too-many-rows'
  readonly status = 409
  readonly title = 'The list is too long'

  constructor (rows: number, most: number) {
    super(`This list has ${rows.toLocaleString('en-GB')} rows, and Excel can open ${most.toLocaleString('en-GB')}. Choose CSV, or fewer people.`)
  }
}
