import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import type { ParsedMail } from 'mailparser'
import { eventually } from './running-service.ts'
import type { RunningService } from './running-service.ts'

/** The emails to an address that a service without a mail server keeps in its folder. */
export async function emailsTo ({ dataDir }: RunningService, address: string): Promise<ParsedMail[]> {
  const folder = join(dataDir, 'mail')
  const files = (await readdir(folder).catch(() => [])).filter(file => file.endsWith('.eml'))
  const emails = await Promise.all(files.map(async file => await simpleParser(await readFile(join(folder, file)))))
  return emails.filter(({ to }) => [to].flat().some(group => group?.text.includes(address)))
}

/** Waits for the email to an address whose subject begins with `subject`. */
export async function emailTo (service: RunningService, address: string, subject: string): Promise<ParsedMail> {
  let email: ParsedMail | undefined
  await eventually(async () => {
    email = (await emailsTo(service, address)).find(email => email.subject?.startsWith(subject))
    return email !== undefined
  })
  return email as ParsedMail
}
