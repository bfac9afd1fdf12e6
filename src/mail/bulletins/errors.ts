import { DomainError } from '../../platform/errors.ts'

export class BulletinNotFound extends DomainError {
  readonly refusal = 'bulletin-not-found'

  constructor () {
    super('There is no such message.')
  }
}

/** What has gone out can be neither changed nor tried out. */
export class BulletinSent extends DomainError {
  readonly refusal = 'bulletin-sent'

  constructor () {
    super('This message has been sent, so its text cannot be changed any more. Write another.')
  }
}

/** The text is not the one that whoever pressed "Send" has read. */
export class BulletinChanged extends DomainError {
  readonly refusal = 'bulletin-changed'

  constructor () {
    super('Somebody has changed this message since you opened this page. Read it again before you send it.')
  }
}

export class NobodyToWriteTo extends DomainError {
  readonly refusal = 'nobody-to-write-to'

  constructor () {
    super('Nobody would get this message at the moment, so it was not sent.')
  }
}
