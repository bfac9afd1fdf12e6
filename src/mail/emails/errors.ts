import { Conflict, NotFound } from '../../platform/errors.ts'

/**
 * The mail server did not take an email. Its answer may repeat the address, so it is kept where no log
 * finds it: neither in the message nor among the properties that can be listed.
 */
export class MailRefused extends Error {
  /** The server has refused this email for good; trying again would get the same answer. */
  readonly isFinal: boolean
  readonly #answer: string

  constructor ({ code, isFinal, answer }: { code: string, isFinal: boolean, answer: string }) {
    super(`The mail server did not take an email (${code}).`)
    this.isFinal = isFinal
    this.#answer = answer
  }

  get answer (): string {
    return this.#answer
  }
}

/** The answer kept with an email to someone without an address. */
export const noAddress = 'There is no email address for them: call them.'

/** Someone booked by phone without an address: what an email would say must be told to them. */
export class NoAddress extends Error {
  constructor () {
    super(noAddress)
  }
}

/** This email cannot go now, and nothing failed: it is to be looked at again after `seconds`. The message says why. */
export abstract class EmailPutOff extends Error {
  readonly seconds: number

  constructor (why: string, seconds: number) {
    super(why)
    this.seconds = seconds
  }
}

/** Another worker has this email in hand, or died with it: its claim ends after so many seconds. */
export class EmailInHand extends EmailPutOff {
  constructor (seconds: number) {
    super('Another worker has this email in hand.', seconds)
  }
}

/** Another email of its booking is in hand, or the booking has just changed: this one waits until it is its turn. */
export class EmailNotInTurn extends EmailPutOff {
  constructor (seconds: number) {
    super('Another email of the same booking goes first.', seconds)
  }
}

/** The email never existed, or was of a booking that has been erased. */
export class EmailNotFound extends NotFound {
  readonly refusal = 'letter-not-found'

  constructor () {
    super('There is no such email.')
  }
}

/** An email that is about to go need not be sent again. */
export class EmailPending extends Conflict {
  readonly refusal = 'letter-on-its-way'
  readonly title = 'On its way'

  constructor () {
    super('This email is on its way already.')
  }
}

/** Only the latest copy of an email is sent again: a double press, or the button of an old page, sends one. */
export class SentAgain extends Conflict {
  readonly refusal = 'letter-sent-again'
  readonly title = 'Sent again already'

  constructor () {
    super('This email has been sent again already.')
  }
}

/** What an email says is not true any more; `outdated` is the reason. */
export class EmailOutdated extends Conflict {
  readonly refusal = 'letter-outdated'
  readonly title = 'Not true any more'

  constructor (outdated: string) {
    super(outdated.replace(/^Not sent: /, 'This email cannot be sent again: '))
  }
}
