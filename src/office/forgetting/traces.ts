import { join } from 'node:path'
import { keptLettersFolder, removeKeptLetters } from '../../mail/emails/kept-letters.ts'
import type { Forgotten } from './commands.ts'
import { forgottenList } from './forgotten-list.ts'
import type { ForgottenList } from './forgotten-list.ts'

/** What there is of bookings outside the database, on this machine. */
export interface Traces {
  /** Where letters are kept that no mail server takes. */
  lettersFolder: string
  list: ForgottenList
  /** Follows what was forgotten, once that has committed: its letters go, and its numbers are noted. */
  follow: (forgotten: Pick<Forgotten, 'bookingIds' | 'letterIds'>) => Promise<void>
}

/** What went wrong, and what it means. */
interface Log { warn: (about: { err: unknown }, sentence: string) => void }

/**
 * Where nothing can be kept there is no list: then the table of the database is all that knows what was forgotten, and
 * `log` says so. That is no reason to keep anybody, or not to start.
 */
export function openTraces (dataDir: string, log: Log): Traces {
  const lettersFolder = keptLettersFolder(dataDir)
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
    lettersFolder,
    list,
    async follow ({ bookingIds, letterIds }) {
      await list.add(bookingIds)
      await removeKeptLetters(lettersFolder, letterIds)
    }
  }
}
