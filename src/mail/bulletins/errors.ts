import { Conflict, NotFound } from '../../platform/errors.ts'

export class BulletinNotFound extends NotFound {
  readonly refusal = 'bulletin-not-found'

  constructor () {
    super('There is no such message.')
  }
}

/** A bulletin that has gone out can be neither changed nor tried out. */
export class BulletinSent extends Conflict {
  readonly refusal = 'bulletin-sent'
  readonly title = 'This has been sent'

  constructor () {
    super('This message has been sent, so its text cannot be changed any more. Write another.')
  }
}

/** The text has changed since it was read by the person who pressed "Send". */
export class BulletinChanged extends Conflict {
  readonly refusal = 'bulletin-changed'
  readonly title = 'This has been changed'

  constructor () {
    super('Someone has changed this message since you opened this page. Read it again before you send it.')
  }
}

/** The message is not as it was when its form was opened: a colleague changed it, or its writer on another page. */
export class BulletinTextChanged extends Conflict {
  readonly refusal = 'bulletin-text-changed'
  readonly title = 'This has been changed'
  /** The number of the message. */
  readonly number: number

  constructor (number: number) {
    super('This message was changed after you opened this page. What you typed is below, beside what is there now. Nothing is saved yet.')
    this.number = number
  }
}

export class NobodyToWriteTo extends Conflict {
  readonly refusal = 'nobody-to-write-to'
  readonly title = 'There is nobody to write to'

  constructor () {
    super('Nobody would get this message at the moment, so it was not sent.')
  }
}

/** A message that tells a secret place to people who are not told it, such as those who wait. */
export class TellsSecretPlace extends Conflict {
  readonly refusal = 'tells-secret-place'
  readonly title = 'This message names the venue'

  constructor () {
    super('Only people who have a place are told where this is, and others would get this message too. Leave the venue out, or email only people who have a place.')
  }
}
