import { mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import t from 'tap'
import { openMailer } from '../../../src/mail/emails/open-mailer.ts'
import type { Message } from '../../../src/mail/emails/message.ts'
import { noon } from '../../support/world.ts'

const message: Message = {
  emailId: '9a1d3f6e-5a53-4a0c-9d5c-2f6d1a9c7e10',
  messageId: '9a1d3f6e-5a53-4a0c-9d5c-2f6d1a9c7e10@workshops.example.org',
  from: { name: 'Online workshops – Cumbria', address: 'workshops@example.org' },
  returnPath: 'bounces@example.org',
  to: 'Anne.Kirkbride@Example.org',
  at: noon,
  subject: 'Your place is booked',
  text: 'Hello Siân,\n',
  html: '<p>Hello Siân,</p>',
  calendar: { method: 'REQUEST', content: 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n' }
}

t.test('without a mail server an email is one whole file, for its owner only', async t => {
  const dataDir = t.testdir()
  const mailer = openMailer({ smtpUrl: undefined, dataDir })

  await mailer.send(message)

  const files = await readdir(join(dataDir, 'mail'))
  t.strictSame(files, ['9a1d3f6e-5a53-4a0c-9d5c-2f6d1a9c7e10.eml'])
  const file = join(dataDir, 'mail', files[0] as string)
  t.equal((await stat(file)).mode & 0o777, 0o600)
  const bytes = await readFile(file, 'utf8')
  t.notMatch(bytes, /[^\r]\n/)
  t.match(await simpleParser(bytes), {
    subject: 'Your place is booked',
    messageId: '<9a1d3f6e-5a53-4a0c-9d5c-2f6d1a9c7e10@workshops.example.org>',
    date: noon.toISO(),
    text: 'Hello Siân,\n'
  })
})

t.test('the same email twice is one file', async t => {
  const dataDir = t.testdir()
  const mailer = openMailer({ smtpUrl: undefined, dataDir })

  await Promise.all([mailer.send(message), mailer.send(message)])
  await mailer.send(message)

  t.equal((await readdir(join(dataDir, 'mail'))).length, 1)
})

t.test('an email that could not be kept is not half there', async t => {
  const dataDir = t.testdir()
  // In place of the file there is a folder that cannot be replaced.
  await mkdir(join(dataDir, 'mail', `${message.emailId}.eml`, 'in the way'), { recursive: true })

  await t.rejects(openMailer({ smtpUrl: undefined, dataDir }).send(message))

  t.strictSame(await readdir(join(dataDir, 'mail')), [`${message.emailId}.eml`], 'only what was in the way')
})
