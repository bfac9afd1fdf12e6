import { randomUUID } from 'node:crypto'
import { mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import nodemailer from 'nodemailer'
import type { Mailer } from './mailer.ts'
import { mimeOf } from './mime.ts'

/**
 * Keeps letters in a folder instead, one file each, for whoever tries the service without a mail server.
 *
 * A file appears when it is whole and on the disk, under its letter's id: never half a letter, and the
 * same letter twice is one file. They carry names and links, so only their owner may read them.
 */
export function fileMailer (folder: string): Mailer {
  const transport = nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'windows' })

  return {
    async send (message) {
      const { message: bytes } = await transport.sendMail(mimeOf(message))
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const unfinished = join(folder, `.${message.letterId}.${randomUUID()}`)
      const file = await open(unfinished, 'wx', 0o600)
      try {
        await file.writeFile(bytes as Buffer)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(unfinished, join(folder, `${message.letterId}.eml`))
    },

    async close () {
      transport.close()
    }
  }
}
