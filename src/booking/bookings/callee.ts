import { phoneLink } from '../../programme/support/contact.ts'
import type { Callee } from '../../identity/staff/confirmation.ts'

/** Somebody who has booked, as who calls them needs to know them; `slug` is of their activity. */
export function calleeOf (
  slug: string, { id, name, phone }: { id: string, name: string, phone: string | null | undefined }
): Callee {
  return {
    name,
    phone: phone === null || phone === undefined ? undefined : { number: phone, href: phoneLink(phone) },
    href: `/staff/activities/${slug}/bookings/${id}`
  }
}
