import { CommandError, Conflict, NotFound } from '../../platform/errors.ts'

/** There is no such session, or they may not end it. */
export class SessionNotFound extends NotFound {
  readonly refusal = 'session-not-found'

  constructor () {
    super('There is no such session.')
  }
}

/** The person who types a code is not, or no longer, in a session that takes one. */
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
