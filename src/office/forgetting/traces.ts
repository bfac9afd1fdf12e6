import { join } from 'node:path'
import { keptEmailsFolder, removeKeptEmails } from '../../mail/emails/kept-emails.ts'
import type { Forgotten } from './commands.ts'
import { forgottenList } from './forgotten-list.ts'
import type { ForgottenList } from './forgotten-list.ts'

/** Traces of bookings outside the database, on this machine. */
export interface Traces {
  /** Folder of the emails that are kept as files because there is no mail server. */
  emailsFolder: string
  list: ForgottenList
  /** Deletes the emails of what was forgotten, and notes its ids. To be called once that has committed. */
  follow: (forgotten: Pick<Forgotten, 'bookingIds' | 'emailIds'>) => Promise<void>
}

/** Takes what went wrong, and a sentence that says what it means. */
interface Log { warn: (about: { err: unknown }, sentence: string) => void }

/**
 * Where nothing can be stored there is no list: then only the database's table knows what was forgotten, and `log` says
 * so. That is no reason to keep anyone's data, or not to start.
 */
export function openTraces (dataDir: string, log: Log): Traces {
  const emailsFolder = keptEmailsFolder(dataDir)
  const onDisk = forgottenList(join(dataDir, 'forgotten'))
  const list: ForgottenList = {
    async read () {
      return await onDisk.read().catch(err => {
        log.warn({ err }, 'The list of what was forgotten cannot be read in the data folder: a restored backup is not told of it.')
        return []
      })
    },
    async add (bookingIds) {
      await onDisk.add(bookingIds).catch(err => {
        log.warn({ err }, 'What was forgotten cannot be noted in the data folder: a restored backup is not told of it.')
      })
    }
  }
  return {
    emailsFolder,
    list,
    async follow ({ bookingIds, emailIds }) {
      await list.add(bookingIds)
      await removeKeptEmails(emailsFolder, emailIds)
    }
  }
}
