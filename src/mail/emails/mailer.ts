import type { Config } from '../../platform/config.ts'
import { fileMailer } from './file-mailer.ts'
import { keptLettersFolder } from './kept-letters.ts'
import type { Message } from './message.ts'
import { smtpMailer } from './smtp-mailer.ts'

/** Takes letters out of the house. */
export interface Mailer {
  /**
   * Resolves once somebody else answers for the letter: a mail server said 250, or it is a file.
   * Gives what they said, for the log of letters. Throws `NotTaken` where a mail server did not take it.
   */
  send: (message: Message) => Promise<string>
  close: () => Promise<void>
}

/** To the mail server, where there is one; to files, where there is none. */
export function openMailer ({ smtpUrl, dataDir }: Pick<Config, 'smtpUrl' | 'dataDir'>): Mailer {
  return smtpUrl === undefined ? fileMailer(keptLettersFolder(dataDir)) : smtpMailer(smtpUrl)
}
