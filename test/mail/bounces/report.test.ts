import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { readReport } from '../../../src/mail/bounces/report.ts'
import { aReport, bounceAddress, emailIdIn, returnPathOf } from '../../support/bounces.ts'

const failures: Record<string, [reason: string, recipient: string]> = {
  postfix: [
    '550 5.1.1 <anne@example.net>: Recipient address rejected: User unknown in virtual mailbox table', 'anne@example.net'
  ],
  'postfix-gave-up': ['connect to mail.example.net[192.0.2.25]:25: Connection timed out', 'anne@example.net'],
  'postfix-utf8': ['553 5.6.7 siân@exämple.net: SMTPUTF8 is required', 'siân@exämple.net'],
  'exchange-online': [
    '550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient anne@council.example.gov.uk not found by SMTP address lookup',
    'anne@council.example.gov.uk'
  ],
  'exchange-server': ['There is no such mailbox (5.1.1)', 'anne@council.example.gov.uk'],
  gmail: [
    '550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking ' +
      "the recipient's email address for typos or 550 5.1.1 unnecessary spaces. gsmtp",
    'anne@gmail.example'
  ],
  // These seven were made by mail systems of Debian 12 that really failed: Postfix 3.7.11, OpenSMTPD 6.8.0p2,
  // Exim 4.96, sendmail 8.17.1.9 and dma 0.13.
  'postfix-forwarded': ['550 5.1.1 <anne@old.example>: Recipient address rejected: User unknown', 'anne@old.example'],
  opensmtpd: [
    'anne@example.net: 550 5.1.1 <anne@example.net>: Recipient address rejected: User unknown', 'anne@example.net'
  ],
  'opensmtpd-gave-up': ['Envelope expired', 'anne@example.net'],
  'exim-no-route': ['Unrouteable address', 'anne@example.net'],
  sendmail: ['550 5.1.1 <anne@example.net>: Recipient address rejected: User unknown', 'anne@example.net'],
  'sendmail-gave-up': [
    'anne@example.net... Deferred: Connection refused by [192.0.2.25]\nMessage could not be delivered for 5 days\n' +
      'Message will be deleted from queue',
    'anne@example.net'
  ],
  dma: [
    'mail.example.net [192.0.2.25] did not like our RCPT TO:\n' +
      '550 5.1.1 <anne@example.net>: Recipient address rejected: User unknown',
    'anne@example.net'
  ],
  exim: ['550 No such user here', 'anne@example.net'],
  'exim-old': ['host mail.example.net [192.0.2.25]: 550 5.1.1 No such user', 'anne@example.net'],
  qmail: [
    '192.0.2.25 does not like recipient.\nRemote host said: 550 5.1.1 No such mailbox\nGiving up on 192.0.2.25.',
    'anne@example.net'
  ]
}

const others = [
  'complaint', 'exim-delayed', 'gmail-delayed', 'out-of-office', 'postfix-delayed', 'postfix-delivered',
  'postfix-one-of-two', 'read-receipt', 'somebody-writes', 'vacation'
]

t.test('every mail in the folder is expected to say something', async t => {
  const files = await readdir(join(import.meta.dirname, 'reports'))
  t.strictSame(files.map(file => file.replace('.eml', '')).sort(), [...Object.keys(failures), ...others].sort())
})

for (const [name, [reason, recipient]] of Object.entries(failures)) {
  t.test(`${name}: the email did not arrive, where, and why`, async t => {
    const emailId = randomUUID()
    const crlf = await aReport(name, { emailId })
    const lf = Buffer.from(String(crlf).replaceAll('\r\n', '\n'))

    t.strictSame(await readReport(crlf, emailIdIn), { emailId, reason, recipients: [recipient] })
    t.strictSame(await readReport(lf, emailIdIn), { emailId, reason, recipients: [recipient] })
  })
}

for (const name of others) {
  t.test(`${name}: no email came back`, async t => {
    t.equal(await readReport(await aReport(name, { emailId: randomUUID() }), emailIdIn), undefined)
  })
}

t.test('a report counts for the email to whose own address it came, and for none that its text names', async t => {
  const emailId = randomUUID()
  const path = returnPathOf(emailId, bounceAddress)
  const toUs = String(await aReport('postfix', { to: bounceAddress }))

  for (const [place, mail] of [
    ['the email that came back', toUs.replace('Subject: Your place is booked', `Return-Path: <${path}>`)],
    ['the notification', toUs.replace('The mail system', path)],
    ['the status', toUs.replaceAll('rfc822;', `rfc822; ${path}`)],
    ['the subject', toUs.replace('Subject: Undelivered', `Subject: ${path}`)],
    ['who it is from', toUs.replace('From: MAILER-DAEMON@mx.example.org', `From: ${path}`)]
  ] as const) {
    t.not(mail, toUs, place)
    t.equal(await readReport(Buffer.from(mail), emailIdIn), undefined, place)
  }
  for (const header of [
    'Delivered-To: ', 'X-Original-To: ', 'Envelope-to: ', 'To: Our bounces\r\n\t', 'Original-Recipient: rfc822;', 'to:'
  ]) {
    t.match(await readReport(Buffer.from(`${header}<${path.toUpperCase()}>\r\n${toUs}`), emailIdIn), { emailId }, header)
  }
})

t.test('an address that we did not make leads to no email', async t => {
  const path = returnPathOf(randomUUID(), bounceAddress)
  const forged = path.replace(/\+./, path.includes('+0') ? '+1' : '+0')

  t.equal(await readReport(await aReport('postfix', { to: forged }), emailIdIn), undefined)
})

t.test('a report is read as far as it goes', async t => {
  const emailId = randomUUID()
  const report = String(await aReport('postfix', { emailId }))
  const read = async (mail: string) => (await readReport(Buffer.from(mail), emailIdIn))?.reason

  t.match(await read(report.slice(0, report.indexOf('Content-Description: Undelivered'))), /^550 5\.1\.1/, 'cut off')
  t.match(await read(report.replace('(UTC)\r\n\r\nFinal', '(UTC)\r\nFinal')), /^550/, 'no empty line between groups')
  t.match(await read(report.replace('(UTC)\r\n\r\nFinal', '(UTC)\r\n \t\r\nFinal')), /^550/, 'one that is not quite empty')
  t.match(await read(`From MAILER-DAEMON Mon Nov 23 12:00:03 2026\n${report}`), /^550/, 'with the line that begins it in a file')
  t.match(await read(report.replace('Action: failed', 'Action: Failed (for good)')), /^550/, 'with a comment')
  t.match(await read(report.replace('Action: failed\r\n', '')), /^550/, 'no action, but a status of failure')
  t.match(await read(report.replace('Status: 5.1.1\r\n', '')), /^550/, 'no status, but an action of failure')
  const undiagnosed = report.replace(/Diagnostic-Code: [^]*?table\r\n/, '')
  const untold = undiagnosed.replace(/<anne@example.net>: host[^]*?command\)/, '')
  t.match(await read(undiagnosed), /^<anne@example\.net>: host .* said: 550 5\.1\.1\n *<anne.*\n *mailbox table/, 'no diagnosis')
  t.equal(await read(untold), 'There is no such mailbox (5.1.1)', 'nothing else but a status')
  t.equal(await read(untold.replace('Status: 5.1.1', 'Status: 5.2.2 (full)')), 'The mailbox is full (5.2.2 (full))', 'and a comment')
  t.equal(await read(untold.replace('Status: 5.1.1', 'Status: 5.9.9')), '5.9.9', 'one without words')
  t.equal(await read(untold.replace('Status: 5.1.1', '')), 'It came back.', 'nothing else')
  t.equal(await read(report.replace('Action: failed', 'Action: failed-over')), undefined, 'of no known action')
  t.equal(await read(report.replace('Action: failed\r\n', '').replace('Status: 5', 'Status: 4')), undefined, 'may yet arrive')
  t.equal(await read(report.replace(/Status:.*/, 'Status: 2.0.0')), undefined, 'in two minds')
  t.equal(await read(report.slice(0, 900)), undefined, 'cut off before it says anything')
  t.equal(await read(report.replace('boundary="', 'boundary="not-')), undefined, 'parts that cannot be found')
})

t.test('a delay after which a mail system tries again is no bounce, whatever its status', async t => {
  const emailId = randomUUID()
  const report = String(await aReport('opensmtpd-gave-up', { emailId }))

  t.equal(await readReport(Buffer.from(report.replace(': Envelope expired', ': Connection refused')), emailIdIn), undefined)
  t.equal(await readReport(Buffer.from(report.replace('Status: 4.4.7', 'Status: 4.4.1')), emailIdIn), undefined)
  t.equal(await readReport(Buffer.from(report.replace('anne@example.net: Env', 'beth@example.net: Env')), emailIdIn), undefined)
})

t.test('a mail that only looks like one from dma is not a report', async t => {
  const emailId = randomUUID()
  const report = String(await aReport('dma', { emailId }))
  const read = async (mail: string) => await readReport(Buffer.from(mail), emailIdIn)

  t.equal(await read(report.replace('MAILER-DAEMON <>', 'MAILER-DAEMON <mailer-daemon@example.net>')), undefined, 'of an address')
  t.equal(await read(report.replace('MAILER-DAEMON <>', 'Anne <>')), undefined, 'of someone else')
  t.equal(await read(report.replace('There was an error', 'There was a delay')), undefined, 'about something else')
  t.match(await read(report.slice(0, report.indexOf('mail.example.net ['))), { reason: 'It came back.' }, 'cut off')
})

t.test('a mail that is hard to read is not a report, and costs no more than its beginning', async t => {
  const emailId = randomUUID()
  const head = `To: ${returnPathOf(emailId, bounceAddress)}\n`
  const status = 'Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n'
  const nested = Array.from({ length: 300 }, (_, n) => `Content-Type: multipart/mixed; boundary=b${n}\n\n--b${n}\n`)

  t.match(await readReport(Buffer.from(head + status), emailIdIn), { emailId }, 'alone it would be read')
  t.equal(await readReport(Buffer.from(head + nested.join('') + status), emailIdIn), undefined, 'too deep')
  for (const [filler, isRead] of [
    ['\n'.repeat(3_000), true], ['\n'.repeat(10_000), false], [`${'x'.repeat(99)}\n`.repeat(3_000), false]
  ] as const) {
    const mail = `${head}Content-Type: multipart/report; boundary=b\n\n${filler}--b\n${status}`
    t.equal(await readReport(Buffer.from(mail), emailIdIn) !== undefined, isRead, 'no further than its beginning')
  }
  t.equal(await readReport(Buffer.alloc(0), emailIdIn), undefined, 'nothing')
})

t.test('whatever comes, it is read without a fault', async () => {
  const emailId = randomUUID()
  const report = String(await aReport('gmail', { emailId }))
  const oddity = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 50 }),
    fc.constantFrom('\n', '\r\n\r\n', '\r', '--', 'Content-Type: ', 'multipart/report;', ' boundary=', '"', ';', '\0', '=?utf-8?q?', 'Action:')
  )

  await fc.assert(fc.asyncProperty(
    fc.array(fc.tuple(fc.nat(report.length), fc.nat(200), oddity), { minLength: 1, maxLength: 8 }), async edits => {
      const mail = edits.reduce((text, [at, length, odd]) => text.slice(0, at) + odd + text.slice(at + length), report)
      const bounce = await readReport(Buffer.from(mail), emailIdIn)
      return bounce === undefined || bounce.emailId === emailId
    }
  ), { numRuns: 200 })
})
