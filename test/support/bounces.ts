import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { returnPaths } from '../../src/mail/emails/return-path.ts'
import { secretKey } from './world.ts'

export const { returnPathOf, emailIdIn } = returnPaths(secretKey)

export const bounceAddress = 'bounces@example.org'

/** A mail from test/bounces/reports, sent to an address or about an email. */
export async function aReport (name: string, about: { to: string } | { emailId: string }): Promise<Buffer> {
  const text = await readFile(join(import.meta.dirname, '../mail/bounces/reports', `${name}.eml`), 'utf8')
  const to = 'to' in about ? about.to : returnPathOf(about.emailId, bounceAddress)
  return Buffer.from(text.replaceAll('{return-path}', to).replaceAll('\n', '\r\n'))
}
