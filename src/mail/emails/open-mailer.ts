import type { Config } from '../../platform/config.ts'
import { fileMailer } from './file-mailer.ts'
import { keptEmailsFolder } from './kept-emails.ts'
import type { Mailer } from './mailer.ts'
import { smtpMailer } from './smtp-mailer.ts'

/** Sends to the mail server, if one is configured; otherwise writes files. */
export function openMailer ({ smtpUrl, dataDir }: Pick<Config, 'smtpUrl' | 'dataDir'>): Mailer {
  return smtpUrl === undefined ? fileMailer(keptEmailsFolder(dataDir)) : smtpMailer(smtpUrl)
}
