import type { Message } from './message.ts'

/** Takes letters out of the house. */
export interface Mailer {
  /**
   * Resolves once somebody else answers for the letter: a mail server said 250, or it is a file.
   * Gives what they said, for the log of letters. Throws `NotTaken` where a mail server did not take it.
   */
  send: (message: Message) => Promise<string>
  close: () => Promise<void>
}
