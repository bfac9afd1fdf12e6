import { organizerOf } from '../invitations/organizer.ts'
import { deliveryAddress } from '../invitations/mail-address.ts'
import { renderEmail } from './body.ts'
import { MailRefused } from './errors.ts'
import type { EmailContext } from './email-context.ts'

/** An email that is not about a booking; it is not in the log of emails. */
export interface StandaloneEmail {
  /** The same for each try: mailboxes know a copy by its Message-ID, and emails kept as files by their name. */
  emailId: string
  to: string
  /** Name of the template in templates/mail/emails/standalone/. */
  template: string
  model: object
}

/**
 * Sends an email that is not about a booking. Returns 'sent', or the `MailRefused` of a mail server that refused it for
 * good, as another try would end alike. Throws where there is to be another try.
 */
export async function sendStandalone (
  { mailer, clock, templates, mailFrom, publicUrl }: EmailContext, { emailId, to, template, model }: StandaloneEmail
): Promise<'sent' | MailRefused> {
  const from = organizerOf({ icalOrganizer: undefined }, mailFrom)
  try {
    await mailer.send({
      emailId,
      messageId: `${emailId}@${new URL(publicUrl).hostname}`,
      from,
      returnPath: from.address,
      to: deliveryAddress(to),
      at: clock(),
      ...renderEmail(templates, `standalone/${template}`, model),
      calendar: undefined
    })
    return 'sent'
  } catch (error) {
    if (error instanceof MailRefused && error.isFinal) return error
    throw error
  }
}
