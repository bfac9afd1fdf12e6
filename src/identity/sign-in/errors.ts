import { CommandError, Conflict, DomainError } from '../../platform/errors.ts'

/** Does not say which of its reasons applies: the holder of a dead link learns no more. */
export class SignInLinkUsed extends DomainError {
  readonly refusal = 'sign-in-link-used'
  readonly status = 410
  readonly title = 'This sign-in link no longer works'

  constructor () {
    super('This sign-in link has been used, has been replaced by a newer one or is too old.')
  }
}

/** The same for a wrong code, for an expired code, and if there never was an email. */
export class SignInCodeWrong extends Conflict {
  readonly refusal = 'sign-in-code-wrong'
  readonly title = 'This code does not work'

  constructor () {
    super('This code is not right, or no longer works. It works for 10 minutes and for 5 tries. If you are sure that it is right, open the link in the email instead.')
  }
}

export class StaffMemberDisabled extends CommandError {
  constructor (email: string) {
    super(`${email} may no longer sign in. Enable them with: placekeeper staff enable ${email}`)
  }
}
