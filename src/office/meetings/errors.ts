import { Conflict } from '../../platform/errors.ts'

/** The activity's link has changed since the page was shown: the new one may have been sent out just now. */
export class LinkChanged extends Conflict {
  readonly refusal = 'link-changed'
  readonly title = 'The Teams link has changed'

  constructor () {
    super('Someone has changed the Teams link in the meantime. Look at it now, and press the button again if you still want to.')
  }
}

/** There is no meeting of ours to change or replace. */
export class NoMeetingKept extends Conflict {
  readonly refusal = 'no-meeting-kept'
  readonly title = 'There is no meeting to change'

  constructor () {
    super('This service does not look after a Teams meeting for this activity at the moment.')
  }
}
