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
    super(`${email} may no longer sign in.`)
  }
}

export class AgencyUnknown extends CommandError {
  constructor (slug: string) {
    super(`There is no agency ${slug}. Add it with: placekeeper agency add ${slug} --name NAME`)
  }
}
