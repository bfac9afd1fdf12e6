import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import t from 'tap'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { openMailer } from '../../../src/mail/emails/open-mailer.ts'
import type { Message } from '../../../src/mail/emails/message.ts'
import { counted } from '../../support/counted.ts'
import { contextWith, doJobs } from '../../support/email-context.ts'
import { expectSound } from '../../support/sound.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { anActivity, aRequest, noon, world } from '../../support/world.ts'

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
  const dataDir = temporaryFolder(t)
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
  const dataDir = temporaryFolder(t)
  const mailer = openMailer({ smtpUrl: undefined, dataDir })

  await Promise.all([mailer.send(message), mailer.send(message)])
  await mailer.send(message)

  t.equal((await readdir(join(dataDir, 'mail'))).length, 1)
})

t.test('an email that could not be kept is not half there', async t => {
  const dataDir = temporaryFolder(t)
  // In place of the file there is a folder that cannot be replaced.
  await mkdir(join(dataDir, 'mail', `${message.emailId}.eml`, 'in the way'), { recursive: true })

  await t.rejects(openMailer({ smtpUrl: undefined, dataDir }).send(message))

  t.strictSame(await readdir(join(dataDir, 'mail')), [`${message.emailId}.eml`], 'only what was in the way')
})

t.test('emails that could not be kept as files are kept later, whole and once', async t => {
  const its = await world(t)
  const dataDir = temporaryFolder(t)
  const mailer = openMailer({ smtpUrl: undefined, dataDir })
  const context = contextWith(its, mailer)
  const { id } = await anActivity(its.db)
  const answered = Array.from({ length: 5 }, (_, n) => `parent-${n}@example.org`)
  await requestPlaces(its.db, its.outbox, id, answered.map(address => aRequest(address)), noon)

  // Where their folder would be there is something else, so that none can be written.
  await writeFile(join(dataDir, 'mail'), 'in the way')
  const failed = await doJobs(its, context)
  await rm(join(dataDir, 'mail'))
  await its.db.$executeRaw`UPDATE pgboss.job SET start_after = now()`
  await doJobs(its, context)
  await doJobs(its, context)

  t.equal(failed.length, answered.length)
  const files = await readdir(join(dataDir, 'mail'))
  const kept = await Promise.all(files.map(async file => await simpleParser(await readFile(join(dataDir, 'mail', file)))))
  counted(t, 'The disk of the service is full', {
    answered, found: kept.map(({ to }) => (Array.isArray(to) ? to[0] : to)?.value[0]?.address ?? '')
  })
  t.ok(kept.every(({ html, attachments }) => html !== false && attachments.length > 0), 'whole')
  await expectSound(its.db)
})
