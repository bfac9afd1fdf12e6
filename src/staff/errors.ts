import { CommandError, DomainError } from '../errors.ts'

/** Says nothing about which of its reasons it is: whoever holds a dead link learns no more. */
export class SignInLinkUsed extends DomainError {
  readonly refusal = 'sign-in-link-used'

  constructor () {
    super('This sign-in link has been used, has been replaced by a newer one or is too old.')
  }
}

/** Says the same of a code that is wrong, of one that is no longer good, and where there never was a letter. */
export class SignInCodeWrong extends DomainError {
  readonly refusal = 'sign-in-code-wrong'

  constructor () {
    super('This code is not right, or no longer works. It works for 10 minutes and for 5 tries.')
  }
}

/** There is no such session, or it is none of theirs to end. */
export class SessionNotFound extends DomainError {
  readonly refusal = 'session-not-found'

  constructor () {
    super('There is no such session.')
  }
}

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

/** Says the same of a code that is wrong and of one that was good and has been used. */
export class FactorCodeWrong extends DomainError {
  readonly refusal = 'factor-code-wrong'

  constructor () {
    super('This code is not right, or has been used. Wait for the next one in your authenticator app, and type that.')
  }
}

export class FactorLocked extends DomainError {
  readonly refusal = 'factor-locked'

  constructor () {
    super('Too many wrong codes have been typed for you today, and no more are taken. Ask an admin to take your authenticator away, or try again tomorrow.')
  }
}

/** Whoever types codes is not, or not any more, in a session for which there is one to type. */
export class SessionOver extends DomainError {
  readonly refusal = 'session-over'

  constructor () {
    super('You have been signed out, because it took too long or too many codes were wrong. Sign in again.')
  }
}

export class NoFactor extends DomainError {
  readonly refusal = 'no-factor'

  constructor () {
    super('You have no authenticator any more. Sign in again.')
  }
}

/** Sealed with another SECRET_KEY, for somebody else, or changed by hand. */
export class FactorUnreadable extends DomainError {
  readonly refusal = 'factor-unreadable'

  constructor (options: ErrorOptions) {
    super('We cannot check your codes any more. Ask an admin to take your authenticator away, and set it up again.', options)
  }
}

export class FactorSetupOver extends DomainError {
  readonly refusal = 'factor-setup-over'

  constructor () {
    super('You took longer than 20 minutes, or the page was not yours. Nothing has been changed. Start again, and delete the entry that you made in your app.')
  }
}

export class FactorIsOwn extends DomainError {
  readonly refusal = 'factor-is-own'

  constructor () {
    super('This is your own authenticator. Take it away on “Your account”, with a code of it.')
  }
}

export class OtherWorkAccount extends DomainError {
  readonly refusal = 'other-work-account'

  constructor () {
    super('You signed in with another work account than the one that is connected to you here. Nothing has been changed.')
  }
}

export class FactorUnknown extends CommandError {
  constructor (email: string) {
    super(`${email} has no authenticator to forget.`)
  }
}

export class StaffMemberExists extends CommandError {
  constructor (email: string) {
    super(`${email} is a member of staff already.`)
  }
}

export class StaffMemberUnknown extends CommandError {
  constructor (email: string) {
    super(`Nobody with the address ${email} works here. Add them with: placekeeper staff add ${email} --name NAME --role ROLE`)
  }
}

export class StaffMemberDisabled extends CommandError {
  constructor (email: string) {
    super(`${email} may no longer sign in. Enable them with: placekeeper staff enable ${email}`)
  }
}

export class AgencyUnknown extends CommandError {
  constructor (slug: string) {
    super(`There is no agency ${slug}. Add it with: placekeeper agency add ${slug} --name NAME`)
  }
}
