import { findCommonReplyAddress, listReplyAddresses } from '../../programme/campaigns/queries.ts'
import { organizerNow } from '../invitations/organizer.ts'
import { deliveryAddress } from '../invitations/mail-address.ts'
import { renderEmail } from './body.ts'
import { MailRefused } from './errors.ts'
import type { EmailContext } from './email-context.ts'
import { handOverOnce } from './handing-over.ts'
import { inTurn, takeTurns } from './strangers.ts'

/** An email that is not about a booking; it is not in the log of emails. It goes once: see `handOverOnce`. */
export interface StandaloneEmail {
  /**
   * The same for each try, and of no other email: it is how we know that it has gone, mailboxes know a copy by its
   * Message-ID, and emails kept as files by their name.
   */
  emailId: string
  to: string
  /** Name of the template in templates/mail/emails/standalone/. */
  template: string
  model: object
  /** Whose email it is, by name, so that replies reach them; null: of all who run campaigns; undefined: nobody's. */
  partnership?: string | null | undefined
  /** What it is about, where its id alone does not tell: so it is found when that is erased. */
  aboutId?: string
  /** Whether it answers a form in which anyone may have typed the address: then it may have to wait for its turn. */
  isAsked?: boolean
}

/**
 * Sends an email that is not about a booking, unless it has gone. Returns 'sent', or the `MailRefused` of a mail server
 * that refused it for good, as another try would end alike. Throws where there is to be another try.
 */
export async function sendStandalone (
  context: EmailContext, { emailId, to, template, model, partnership, aboutId, isAsked = false }: StandaloneEmail
): Promise<'sent' | MailRefused> {
  const { db, mailer, clock, templates, mailFrom, publicUrl, strangersAnHour } = context
  const [turn = 'known'] = isAsked && strangersAnHour !== undefined
    ? await takeTurns(db, [to], strangersAnHour, clock())
    : []
  const replyTo = await findReplyTo(db, partnership)
  const from = organizerNow(mailFrom)
  try {
    await inTurn(context, turn, async () => await handOverOnce(context, emailId, async () => await mailer.send({
      emailId,
      messageId: `${emailId}@${new URL(publicUrl).hostname}`,
      from,
      returnPath: from.address,
      replyTo,
      to: deliveryAddress(to),
      at: clock(),
      ...renderEmail(templates, `standalone/${template}`, model),
      calendar: undefined
    }), { aboutId }) || undefined)
    return 'sent'
  } catch (error) {
    if (error instanceof MailRefused && error.isFinal) return error
    throw error
  }
}

async function findReplyTo (
  db: EmailContext['db'], partnership: StandaloneEmail['partnership']
): Promise<string | undefined> {
  if (partnership === undefined) return undefined
  return partnership === null ? await findCommonReplyAddress(db) : (await listReplyAddresses(db)).get(partnership)
}
