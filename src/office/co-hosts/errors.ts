import { Conflict, DomainError, NotFound } from '../../platform/errors.ts'
import { mostCoHosts } from './invitation.ts'

/** Does not say which of its reasons applies: the holder of a dead link learns no more. */
export class CoHostInvitationEnded extends DomainError {
  readonly refusal = 'invitation-ended'
  readonly status = 410
  readonly title = 'This invitation no longer works'

  constructor () {
    super('It has been accepted, was taken back or is too old. If you have accepted it, sign in with the address that our email came to. If not, ask the person who invited you.')
  }
}

/** Someone who co-hosts already, or runs the activity anyway, need not be invited. */
export class NeedsNoInvitation extends Conflict {
  readonly refusal = 'needs-no-invitation'
  readonly title = 'They need no invitation'

  constructor (name: string, because: 'co-hosts' | 'runs') {
    super(because === 'co-hosts' ? `${name} co-hosts this already.` : `${name} runs this already, and can do everything here.`)
  }
}

export class TooManyCoHosts extends Conflict {
  readonly refusal = 'too-many-co-hosts'
  readonly title = 'There are many co-hosts already'

  constructor () {
    super(`An activity can have ${mostCoHosts} co-hosts and open invitations. Take one back first.`)
  }
}

/** The agency that was chosen is not there any more. */
export class EmployerUnknown extends Conflict {
  readonly refusal = 'employer-unknown'
  readonly title = 'This organisation is not there any more'

  constructor () {
    super('Select who they work for')
  }
}

/** Someone is said to be of an organisation whose people are here, and nothing shows that they are. */
export class EmployerNotTheirs extends Conflict {
  readonly refusal = 'employer-not-theirs'
  readonly title = 'Their address is not one of this organisation'

  constructor (name: string) {
    super(`People of ${name} work here, and none has an address that ends like this one. Check the address, or ask the partnership’s organisers to invite them.`)
  }
}

export class CoHostNotFound extends NotFound {
  readonly refusal = 'co-host-not-found'

  constructor () {
    super('There is no such co-host or invitation any more.')
  }
}
