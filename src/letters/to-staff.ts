import { randomUUID } from 'node:crypto'
import type { Logger } from 'pino'
import { organizerOf } from '../invitations/organizer.ts'
import { deliveryAddress } from '../invitations/mail-address.ts'
import type { Post } from '../sign-in/jobs.ts'
import { inPlainText, readBody } from './body.ts'
import { NotTaken } from './errors.ts'
import type { LetterRoom } from './jobs.ts'

/**
 * Sends what is written to members of staff about their own sign-in: it is no booking's, and the log of
 * letters does not have it. Refused for good is the end of it, as another try would end alike; `log` says so,
 * and nobody else: a page that did would tell who works here.
 */
export function postToStaff (
  { mailer, clock, templates, mailFrom, publicUrl }: LetterRoom, log: Pick<Logger, 'warn'>
): Post {
  return async ({ to, template, model }) => {
    const source = templates.text.render(`letters/${template}.njk`, model)
    const [, subject = '', body = ''] = /^Subject: (.*)\n([^]*)$/.exec(source) ?? []
    const blocks = readBody(body)
    const letterId = randomUUID()
    const from = organizerOf({ icalOrganizer: undefined }, mailFrom)
    try {
      await mailer.send({
        letterId,
        messageId: `${letterId}@${new URL(publicUrl).hostname}`,
        from,
        returnPath: from.address,
        to: deliveryAddress(to),
        at: clock(),
        subject,
        text: inPlainText(blocks),
        html: templates.html.render('letters/layout.html.njk', { subject, blocks }),
        calendar: undefined
      })
    } catch (error) {
      if (!(error instanceof NotTaken && error.isFinal)) throw error
      log.warn({ err: error, letter: template }, 'The mail server refused a letter to a member of staff for good.')
    }
  }
}
