import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import PostalMime from 'postal-mime'
import type { Config } from '../../platform/config.ts'
import { fileOf, keptEmailsFolder } from './kept-emails.ts'

/** Reads what an email says that is kept as a file; undefined where there is no file, because a mail server took it. */
export type ReadKeptEmail = (emailId: string) => Promise<string | undefined>

/** Returns the reader of emails that are kept as files; undefined where a mail server takes them. */
export function keptEmailsOf ({ smtpUrl, dataDir }: Pick<Config, 'smtpUrl' | 'dataDir'>): ReadKeptEmail | undefined {
  if (smtpUrl !== undefined) return undefined
  const folder = keptEmailsFolder(dataDir)
  return async emailId => {
    const bytes = await readFile(join(folder, fileOf(emailId))).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw error
    })
    if (bytes === undefined) return undefined
    const { subject = '', text = '' } = await PostalMime.parse(bytes)
    return `${subject}\n\n${text.trim()}`
  }
}
