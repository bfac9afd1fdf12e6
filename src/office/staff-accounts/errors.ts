import { CommandError, Conflict, NotFound } from '../../platform/errors.ts'

export class MemberNotFound extends NotFound {
  readonly refusal = 'member-not-found'

  constructor () {
    super('There is no such member of staff.')
  }
}

/** Someone else has changed the member of staff since they were read. */
export class MemberChanged extends Conflict {
  readonly refusal = 'member-changed'
  readonly title = 'This has been changed'

  constructor () {
    super('Someone has changed this since you opened it. Your changes are not saved yet.')
  }
}

/** An address belongs to one member of staff. */
export class AddressTaken extends Conflict {
  readonly refusal = 'address-taken'
  readonly title = 'This address is another’s'

  constructor (holder: { name: string, isDisabled: boolean } | undefined) {
    const who = holder?.name ?? 'Someone'
    super(holder?.isDisabled === true
      ? `${who} has this address and is disabled. Enable them, or give another address.`
      : `${who} has this address already. Give another one.`)
  }
}

export class LastAdmin extends Conflict {
  readonly refusal = 'last-admin'
  readonly title = 'An admin must remain'

  constructor () {
    super('This is the only admin who can sign in, and someone must be able to let people in. Add another admin first.')
  }
}

const deeds = {
  disable: 'You cannot disable yourself. Ask another admin to do it.',
  'change role': 'You cannot change your own role. Ask another admin to do it.'
}

export class OwnAccount extends Conflict {
  readonly refusal = 'own-account'
  readonly title = 'Ask another admin'
  readonly deed: keyof typeof deeds

  constructor (deed: keyof typeof deeds) {
    super(deeds[deed])
    this.deed = deed
  }
}

export class StaffMemberExists extends CommandError {
  constructor (email: string) {
    super(`${email} is a member of staff already.`)
  }
}

export class AgencyUnknown extends CommandError {
  constructor (slug: string) {
    super(`There is no agency ${slug}. Add it with: placekeeper agency add ${slug} --name NAME`)
  }
}
