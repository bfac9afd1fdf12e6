import type { Message } from './message.ts'

/** Sends emails. */
export interface Mailer {
  /**
   * Resolves once the email was handed over: a mail server said 250, or it is a file. Returns the answer, for the log
   * of emails. Throws `MailRefused` where a mail server did not take it.
   */
  send: (message: Message) => Promise<string>
  close: () => Promise<void>
}
