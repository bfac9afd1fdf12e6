import { organizerOf } from '../invitations/organizer.ts'
import { deliveryAddress } from '../invitations/mail-address.ts'
import { inPlainText, readBody } from './body.ts'
import { NotTaken } from './errors.ts'
import type { LetterRoom } from './letter-room.ts'

/** An email that is not about a booking; it is not in the log of emails. */
export interface LetterAlone {
  /** The same for each try: mailboxes know a copy by its Message-ID, and emails kept as files by their name. */
  letterId: string
  to: string
  /** Name of the template in templates/mail/emails/. */
  template: string
  model: object
}

/**
 * Sends an email that is not about a booking. Returns 'sent', or the `NotTaken` of a mail server that refused it for
 * good, as another try would end alike. Throws where there is to be another try.
 */
export async function sendAlone (
  { mailer, clock, templates, mailFrom, publicUrl }: LetterRoom, { letterId, to, template, model }: LetterAlone
): Promise<'sent' | NotTaken> {
  const source = templates.text.render(`mail/emails/${template}.njk`, model)
  const [, subject = '', body = ''] = /^Subject: (.*)\n([^]*)$/.exec(source) ?? []
  const blocks = readBody(body)
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
      html: templates.html.render('mail/emails/layout.html.njk', { subject, blocks }),
      calendar: undefined
    })
    return 'sent'
  } catch (error) {
    if (error instanceof NotTaken && error.isFinal) return error
    throw error
  }
}
