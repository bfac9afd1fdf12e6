import { CommandError, Conflict, NotFound } from '../../platform/errors.ts'

/** There is no such session, or it is none of theirs to end. */
export class SessionNotFound extends NotFound {
  readonly refusal = 'session-not-found'

  constructor () {
    super('There is no such session.')
  }
}

/** Whoever types codes is not, or not any more, in a session for which there is one to type. */
export class SessionOver extends Conflict {
  readonly refusal = 'session-over'
  readonly title = 'You have been signed out'

  constructor () {
    super('You have been signed out, because it took too long or too many codes were wrong. Sign in again.')
  }
}

export class StaffMemberUnknown extends CommandError {
  constructor (email: string) {
    super(`Nobody with the address ${email} works here. Add them with: placekeeper staff add ${email} --name NAME --role ROLE`)
  }
}
