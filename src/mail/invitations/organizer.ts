import type { Mailbox } from '../../platform/config.ts'
import { senderAddress } from './mail-address.ts'

/** The form in which a booking remembers the sender of its first invitation: `Name <address>`. */
export function organizerText ({ name, address }: Mailbox): string {
  return `${name} <${address}>`
}

/**
 * ORGANIZER of a booking's invitations: the sender of the first, or of the one to be sent now. Calendars distrust an
 * update or a cancellation from anyone else (RFC 5546 §2.1.5), even if MAIL_FROM has changed meanwhile.
 */
export function organizerOf ({ icalOrganizer }: { icalOrganizer: string | undefined }, mailFrom: Mailbox): Mailbox {
  const [, name, address] = /^(.*) <([^<>]+)>$/.exec(icalOrganizer ?? '') ?? []
  return name === undefined || address === undefined ? organizerNow(mailFrom) : { name, address }
}

/** ORGANIZER of invitations to what is booked from now on. */
export function organizerNow (mailFrom: Mailbox): Mailbox {
  return { ...mailFrom, address: senderAddress(mailFrom.address) }
}
