import { Conflict, DomainError, NotFound } from '../../platform/errors.ts'

export class EntryNotFound extends NotFound {
  readonly refusal = 'entry-not-found'

  constructor () {
    super('There is no such entry. Entries are deleted some time after their activity.')
  }
}

/** A link to someone's own entry that we did not make, that a newer one has ended, or whose entry is deleted. */
export class EntryLinkEnded extends DomainError {
  readonly refusal = 'entry-link-ended'
  readonly status = 410
  readonly title = 'This link no longer works'

  constructor () {
    super('This link no longer works. We have sent you a newer one, or deleted what you entered, or the link is not complete.')
  }
}

/** Entries are not taken at present, in a sentence. */
export class EntriesClosed extends Conflict {
  readonly refusal = 'entries-closed'
  readonly title = 'You cannot enter an activity at the moment'
}

/** A form came again with the same answers, and its entry has come to an end meanwhile. */
export class EnteredBefore extends Conflict {
  readonly refusal = 'entered-before'
  readonly title = 'This form was sent before'

  constructor () {
    super('This form was sent before, and that entry has ended since. To enter it again, press the button once more.')
  }
}

/** Where an entry stands has changed since its page was shown. */
export class EntryMoved extends Conflict {
  readonly refusal = 'entry-moved'
  readonly title = 'This has changed'

  constructor () {
    super('This has changed since you opened the page, so nothing is saved. See how it is now.')
  }
}

/** Someone has changed the settings of the form since they were read. */
export class EntryFormChanged extends Conflict {
  readonly refusal = 'entry-form-changed'
  readonly title = 'This has been changed'

  constructor () {
    super('Someone has changed this since you opened it. Nothing of yours is saved yet. Check it, then press “Save” to keep yours.')
  }
}
