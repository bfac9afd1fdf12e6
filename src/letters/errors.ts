/**
 * The mail server did not take a letter. Its answer may repeat the address, so it is kept where no log
 * finds it: neither in the message nor among the properties that can be listed.
 */
export class NotTaken extends Error {
  /** The server has refused this letter for good; trying again would get the same answer. */
  readonly isFinal: boolean
  readonly #answer: string

  constructor ({ code, isFinal, answer }: { code: string, isFinal: boolean, answer: string }) {
    super(`The mail server did not take a letter (${code}).`)
    this.isFinal = isFinal
    this.#answer = answer
  }

  get answer (): string {
    return this.#answer
  }
}

/** Another worker has this letter in hand, or died with it: to be looked at again a little later. */
export class LetterInHand extends Error {
  constructor () {
    super('Another worker is sending this letter.')
  }
}
