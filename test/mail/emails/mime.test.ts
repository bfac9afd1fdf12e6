import fc from 'fast-check'
import MailComposer from 'nodemailer/lib/mail-composer'
import t from 'tap'
import { inOnePiece, mimeOf } from '../../../src/mail/emails/mime.ts'
import { noon } from '../../support/world.ts'

const line = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ maxLength: 100 }), fc.constantFrom('.', '=3D ', 'é'.repeat(90), ' \t')
)
const text = fc.array(line, { maxLength: 12 }).map(lines => ['Hello', ...lines].join('\n'))
const calendar = fc.option(text.map(text => text.replaceAll('\n', '\r\n')), { nil: undefined })

t.test('an email in one piece is byte for byte what nodemailer would stream', async () => {
  await fc.assert(fc.asyncProperty(text, text, calendar, line, async (body, html, content, subject) => {
    const composed = new MailComposer(mimeOf({
      emailId: 'letter',
      messageId: 'letter@example.org',
      from: { name: 'Online workshops', address: 'workshops@example.org' },
      returnPath: 'workshops@example.org',
      to: 'anne@example.org',
      at: noon,
      subject,
      text: body,
      html,
      calendar: content === undefined ? undefined : { method: 'REQUEST', content }
    })).compile()

    return inOnePiece(composed) === String(await composed.build())
  }), { numRuns: 200 })
})
