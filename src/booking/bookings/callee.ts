import { callOf } from '../../programme/support/contact.ts'
import type { Callee } from '../../identity/staff/confirmation.ts'

/** Returns what staff need in order to call someone who has booked; `slug` is of their activity. */
export function calleeOf (
  slug: string, { id, name, phone }: { id: string, name: string, phone: string | null | undefined }
): Callee {
  return {
    name,
    phone: callOf(phone),
    href: `/staff/activities/${slug}/bookings/${id}`
  }
}
