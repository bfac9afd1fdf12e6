import { CommandError, Conflict, DomainError } from '../../platform/errors.ts'

/** The same for a wrong code and for a good code that has been used. */
export class FactorCodeWrong extends Conflict {
  readonly refusal = 'factor-code-wrong'
  readonly title = 'This code does not work'

  constructor () {
    super('This code is not right, or has been used. Wait for the next one in your authenticator app, and type that.')
  }
}

export class FactorLocked extends DomainError {
  readonly refusal = 'factor-locked'
  readonly status = 429
  readonly title = 'Too many wrong codes'

  constructor () {
    super('Too many wrong codes have been typed for you today, and no more are taken. Ask an admin to remove your authenticator, or try again tomorrow.')
  }
}

export class NoFactor extends Conflict {
  readonly refusal = 'no-factor'
  readonly title = 'You have no authenticator'

  constructor () {
    super('You have no authenticator any more. Sign in again.')
  }
}

/** Sealed with another SECRET_KEY, for someone else, or changed by hand. */
export class FactorUnreadable extends Conflict {
  readonly refusal = 'factor-unreadable'
  readonly title = 'We cannot check your codes'

  constructor (options: ErrorOptions) {
    super('We cannot check your codes any more. Ask an admin to remove your authenticator, and set it up again.', options)
  }
}

export class FactorSetupOver extends Conflict {
  readonly refusal = 'factor-setup-over'
  readonly title = 'Start again'

  constructor () {
    super('You took longer than 20 minutes, or the page was not yours. Nothing has been changed. Start again, and delete the entry that you made in your app.')
  }
}

export class FactorIsOwn extends Conflict {
  readonly refusal = 'factor-is-own'
  readonly title = 'This is your own'

  constructor () {
    super('This is your own authenticator. Remove it on “Your account”, with one of its codes.')
  }
}

export class FactorUnknown extends CommandError {
  constructor (email: string) {
    super(`${email} has no authenticator to forget.`)
  }
}
