import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * What was forgotten, by its random numbers, in a file beside the database: a backup of the database that is restored
 * has the people again, and knows nothing of what was forgotten after it was made.
 */
export interface ForgottenList {
  read: () => Promise<string[]>
  /** Adds to it, on the disk when it resolves; only ever adds. */
  add: (bookingIds: readonly string[]) => Promise<void>
}

const line = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/** One number a line; a line that a crash cut short is none, and the next begins on a line of its own. */
export function forgottenList (file: string): ForgottenList {
  return {
    async read () {
      const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return ''
        throw error
      })
      return [...new Set(text.split('\n').filter(id => line.test(id)))]
    },

    async add (bookingIds) {
      if (bookingIds.length === 0) return
      await mkdir(dirname(file), { recursive: true })
      const handle = await open(file, 'a', 0o600)
      try {
        await handle.appendFile(`\n${bookingIds.join('\n')}\n`)
        await handle.sync()
      } finally {
        await handle.close()
      }
    }
  }
}
