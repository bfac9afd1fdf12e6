import { organizerOf } from '../invitations/organizer.ts'
import { deliveryAddress } from '../invitations/mail-address.ts'
import { inPlainText, readBody } from './body.ts'
import { NotTaken } from './errors.ts'
import type { LetterRoom } from './letter-room.ts'

/** A letter that is no booking's; the log of letters does not have it. */
export interface LetterAlone {
  /** Tried again, it is the same one: for a mailbox by its Message-ID, among letters kept as files by their name. */
  letterId: string
  to: string
  /** Of templates/mail/emails/. */
  template: string
  model: object
}

/**
 * Sends a letter that is no booking's. Says whether a mail server took it: refused for good is the end of it, as
 * another try would end alike. Throws where there is to be one.
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
