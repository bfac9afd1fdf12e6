import type { DateTime } from 'luxon'
import type { Mailbox } from '../../platform/config.ts'
import { invitation } from '../invitations/invitation.ts'
import type { Method } from '../invitations/invitation.ts'
import type { CalendarEntry } from '../invitations/calendar-entry.ts'
import { deliveryAddress } from '../invitations/mail-address.ts'
import type { Templates } from '../../platform/templates.ts'
import { renderEmail } from './body.ts'
import { NoAddress } from './errors.ts'
import { methodOf } from './kinds.ts'
import type { EmailKind } from './kinds.ts'
import { pageOf } from './page.ts'
import type { EmailExtras } from './page.ts'

/** One email, ready to send. */
export interface Message {
  /** Id of the email; where emails are kept as files, the file's name. */
  emailId: string
  messageId: string
  /** The ORGANIZER of its invitation; calendars distrust any other sender (RFC 6047 §2.3). */
  from: Mailbox
  /** Where it comes back to if it cannot be delivered: the envelope's sender, which recipients do not see. */
  returnPath: string
  /** Where replies go; undefined: to `from`. */
  replyTo?: string | undefined
  /** The one recipient, byte for byte as the server is told. */
  to: string
  at: DateTime<true>
  subject: string
  text: string
  html: string
  calendar: { method: Method, content: string } | undefined
}

export interface Writing extends EmailExtras {
  kind: EmailKind
  email: { id: string, messageId: string }
  entry: CalendarEntry
  templates: Templates
  replyTo?: string | undefined
  /** Undefined where emails come back to their From address. */
  returnPathOf?: ((emailId: string) => string) | undefined
}

/**
 * Writes an email from the current state of its booking. Its source is
 * `mail/emails/kinds/<kind>.njk`. Throws `NoAddress` for a booking that has none.
 */
export function messageOf (
  { kind, email, entry, templates, replyTo, returnPathOf, ...beside }: Writing, now: DateTime<true>
): Message {
  const { email: address } = entry.booking
  if (address === undefined) throw new NoAddress()
  const method = methodOf(kind, entry.booking)

  return {
    emailId: email.id,
    messageId: email.messageId,
    from: entry.organizer,
    returnPath: returnPathOf?.(email.id) ?? entry.organizer.address,
    replyTo,
    to: deliveryAddress(address),
    at: now,
    ...renderEmail(templates, `kinds/${kind}`, pageOf(kind, entry, beside, now)),
    calendar: method && { method, content: invitation(method, entry, now) }
  }
}
