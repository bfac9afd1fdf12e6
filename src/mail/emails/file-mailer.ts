import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileOf } from './kept-emails.ts'
import type { Mailer } from './mailer.ts'
import { mimeOf } from './mime.ts'

/**
 * Stores emails in a folder, one file each, for trying the service without a mail server.
 *
 * A file appears only when it is complete, named by its email's id: so there is never half an email, and the same email
 * twice is one file. Only their owner may read the files, which contain names and links.
 */
export function fileMailer (folder: string): Mailer {
  return {
    async send (message) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const unfinished = join(folder, `.${message.emailId}.${randomUUID()}`)
      try {
        await writeFile(unfinished, mimeOf(message), { flag: 'wx', mode: 0o600, flush: true })
        await rename(unfinished, join(folder, fileOf(message.emailId)))
        return 'Kept as a file.'
      } finally {
        await rm(unfinished, { force: true })
      }
    },

    async close () {}
  }
}
