import { mkdir, open, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * The random ids of what was forgotten, in a file outside the database: a restored backup contains the people again,
 * and does not know what was forgotten after it was made.
 */
export interface ForgottenList {
  read: () => Promise<string[]>
  /** Appends to it; resolves once it is on the disk. Nothing is ever removed. */
  add: (bookingIds: readonly string[]) => Promise<void>
}

const line = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

/** One id a line; a line that a crash cut short is ignored, and the next one begins on a new line. */
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
