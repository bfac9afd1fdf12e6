import fc from 'fast-check'
import { simpleParser } from 'mailparser'
import MailComposer from 'nodemailer/lib/mail-composer'
import t from 'tap'
import { mimeOf } from '../../../src/mail/emails/mime.ts'
import { noon } from '../../support/world.ts'

const line = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ maxLength: 100 }), fc.constantFrom('.', '=3D ', 'é'.repeat(90), ' \t')
)
const text = fc.array(line, { maxLength: 12 }).map(lines => ['Hello', ...lines].join('\n'))
const calendar = fc.option(text.map(inCrlf), { nil: undefined })
const replyTo = fc.constantFrom(undefined, 'replies@example.org')

const message = {
  emailId: 'letter',
  messageId: 'letter@example.org',
  from: { name: 'Online workshops, Cumbria’s', address: 'workshops@example.org' },
  to: 'anne@example.org',
  at: noon
}

t.test('an email is byte for byte what nodemailer would stream', async () => {
  await fc.assert(fc.asyncProperty(
    text, text, calendar, line, replyTo, async (body, html, content, subject, replyTo) => {
      const composed = new MailComposer({
        messageId: '<letter@example.org>',
        date: noon.toJSDate(),
        from: message.from,
        to: { name: '', address: message.to },
        ...replyTo !== undefined && { replyTo: { name: '', address: replyTo } },
        subject,
        text: inCrlf(body),
        html: inCrlf(html),
        alternatives: content === undefined
          ? []
          : [{ contentType: 'text/calendar; charset=UTF-8; method=REQUEST', content: inCrlf(content) }],
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'OOF, AutoReply' },
        baseBoundary: 'letter'
      }).compile()

      const calendar = content === undefined ? undefined : { method: 'REQUEST' as const, content }
      return mimeOf({ ...message, replyTo, subject, text: body, html, calendar }) === String(await composed.build())
    }), { numRuns: 200 })
})

t.test('a name that looks like another address stays a name, and no text begins another header', async t => {
  const email = mimeOf({
    ...message,
    from: { name: 'Bank <bank@example.net>,', address: message.from.address },
    subject: 'Your place\r\nBcc: else@example.net',
    text: 'Hello',
    html: '<p>Hello</p>',
    calendar: undefined
  })

  const mail = await simpleParser(email)

  t.strictSame(mail.from?.value, [{ name: 'Bank <bank@example.net>,', address: message.from.address }])
  t.equal(mail.subject, 'Your place Bcc: else@example.net')
  t.notOk(mail.headers.has('bcc'))
})

function inCrlf (text: string): string {
  return text.replace(/\r?\n/g, '\r\n')
}
