import { DomainError } from '../../platform/errors.ts'

/** Of an account that nobody has connected, and of somebody who may no longer sign in. */
export class WorkAccountUnknown extends DomainError {
  readonly refusal = 'work-account-unknown'

  constructor () {
    super('Your work account is not connected to anybody who works here. Sign in by email first, and connect it on “Your account”.')
  }
}

export class WorkAccountTaken extends DomainError {
  readonly refusal = 'work-account-taken'

  constructor () {
    super('This work account is connected to somebody else who works here. Nothing has been changed.')
  }
}

export class OtherWorkAccount extends DomainError {
  readonly refusal = 'other-work-account'

  constructor () {
    super('You signed in with another work account than the one that is connected to you here. Nothing has been changed.')
  }
}
