import type { BookingLinks } from '../bookings/link.ts'
import type { BookingWithActivity } from '../bookings/queries.ts'
import type { Mailbox } from '../config.ts'
import { contactsFor } from '../support/contact.ts'
import type { SupportContact } from '../support/contact.ts'
import type { Seal } from '../teams/seal.ts'
import { organizerOf } from './organizer.ts'

/** One booking as its letters and its entry in a calendar tell of it. */
export interface Entry {
  booking: BookingWithActivity
  organizer: Mailbox
  /** The way into the Teams meeting, for someone who has a place; a secret. */
  joinUrl: string | undefined
  /** The page on which its holder sees, changes and cancels it; a secret. */
  ownUrl: string
  /** Whom to call, in order. */
  contacts: SupportContact[]
}

export interface EntryParts {
  links: BookingLinks
  seal: Seal
  publicUrl: string
  mailFrom: Mailbox
}

/** Gathers what a booking's letters and calendar tell. The join link is told only to those who have a place. */
export function entryOf (
  booking: BookingWithActivity, contacts: readonly SupportContact[], { links, seal, publicUrl, mailFrom }: EntryParts
): Entry {
  const { joinUrlSealed, campaign } = booking.activity
  return {
    booking,
    organizer: organizerOf(booking, mailFrom),
    joinUrl: booking.status === 'confirmed' && joinUrlSealed !== undefined ? seal.open(joinUrlSealed) : undefined,
    ownUrl: `${publicUrl}/bookings/${links.tokenOf(booking.id)}`,
    contacts: contactsFor(contacts, booking.district === undefined ? campaign.districts : [booking.district])
  }
}
