import type { BookingLinks } from '../../booking/bookings/link.ts'
import type { BookingWithActivity } from '../../booking/bookings/queries.ts'
import type { Mailbox } from '../../platform/config.ts'
import { contactsFor } from '../../programme/support/contact.ts'
import type { SupportContact } from '../../programme/support/contact.ts'
import type { Seal } from '../../platform/seal.ts'
import { organizerOf } from './organizer.ts'

/** One booking as its emails and its calendar entry describe it. */
export interface CalendarEntry {
  booking: BookingWithActivity
  organizer: Mailbox
  /** The link to join the Teams meeting, for someone who has a place; a secret. */
  joinUrl: string | undefined
  /** Whether that is a personal link, which leads to Teams when it is time, and not the Teams link itself. */
  isPersonal: boolean
  /** The page on which its holder sees, changes and cancels it; a secret. */
  ownUrl: string
  /** Support contacts to call, in order. */
  contacts: SupportContact[]
}

export interface CalendarEntryParts {
  links: BookingLinks
  joinLinks: BookingLinks
  seal: Seal
  publicUrl: string
  mailFrom: Mailbox
}

/** Gathers what a booking's emails and calendar entry say. Only people who have a place are told the join link. */
export function calendarEntryOf (
  booking: BookingWithActivity, contacts: readonly SupportContact[], parts: CalendarEntryParts
): CalendarEntry {
  const { links, publicUrl, mailFrom } = parts
  const { activity: { campaign } } = booking
  return {
    booking,
    organizer: organizerOf(booking, mailFrom),
    joinUrl: booking.status === 'confirmed' ? joinUrlOf(booking, parts) : undefined,
    isPersonal: booking.activity.joinMode === 'personal',
    ownUrl: `${publicUrl}/bookings/${links.tokenOf(booking)}`,
    contacts: contactsFor(contacts, booking.district === undefined ? campaign.districts : [booking.district])
  }
}

/** A personal link exists before there is a Teams link, and while that is replaced. */
function joinUrlOf (
  booking: BookingWithActivity, { joinLinks, seal, publicUrl }: CalendarEntryParts
): string | undefined {
  const { activity } = booking
  if (activity.joinMode === 'personal') return activity.isOnline ? `${publicUrl}/join/${joinLinks.tokenOf(booking)}` : undefined
  return activity.joinUrlSealed === undefined ? undefined : seal.open(activity.joinUrlSealed)
}
