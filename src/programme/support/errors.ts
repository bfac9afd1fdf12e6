import { Conflict, NotFound } from '../../platform/errors.ts'

export class ContactNotFound extends NotFound {
  readonly refusal = 'contact-not-found'

  constructor () {
    super('There is no such contact, or it has been removed.')
  }
}

/** Someone has changed a contact since it was read. */
export class ContactChanged extends Conflict {
  readonly refusal = 'contact-changed'
  readonly title = 'This has been changed'

  constructor () {
    super('Someone has changed this contact since you opened it. Your changes are not saved yet.')
  }
}

export class ContactNameTaken extends Conflict {
  readonly refusal = 'contact-name-taken'
  readonly title = 'Choose another name'

  constructor () {
    super('There is another contact with this name. Change that one, or choose another name.')
  }
}

/** A page or an email without any contact is worse than any of them. */
export class LastContact extends Conflict {
  readonly refusal = 'last-contact'
  readonly title = 'There must be someone to call'

  constructor () {
    super('This is the only contact. Add another one before you remove it, so that people always find someone to call.')
  }
}
