import { Conflict, DomainError } from '../../platform/errors.ts'

/** For an account that no one has connected, and for someone who may no longer sign in. */
export class WorkAccountUnknown extends DomainError {
  readonly refusal = 'work-account-unknown'
  readonly status = 403
  readonly title = 'We do not know this work account'

  constructor () {
    super('Your work account is not connected to anyone who works here. Sign in by email first, and connect it on “Your account”.')
  }
}

export class WorkAccountTaken extends Conflict {
  readonly refusal = 'work-account-taken'
  readonly title = 'This work account is another’s'

  constructor () {
    super('This work account is connected to someone else who works here. Nothing has been changed.')
  }
}

/** The provider did not say that it asked for two factors, where someone has two here. */
export class OneFactorAlone extends DomainError {
  readonly refusal = 'one-factor-alone'
  readonly status = 403
  readonly title = 'Your work account is not enough here'

  constructor () {
    super('Your work account did not say that it asked you for a second proof. Go back and type the code from your authenticator app.')
  }
}

export class OtherWorkAccount extends DomainError {
  readonly refusal = 'other-work-account'
  readonly status = 403
  readonly title = 'This is another work account'

  constructor () {
    super('You signed in with another work account than the one that is connected to you here. Nothing has been changed.')
  }
}
