import { canonicalAddress } from '../../booking/bookings/address.ts'

/** The parts of an email and its booking that tell where it went; the email itself keeps no address. */
export interface Sent {
  /** The booking's address as it is now, in the form used for comparing. */
  canonicalEmail: string | null
  /** Whether the links in the email have ended, as they do when the address changes. */
  hasOldLinks: boolean
}

/** Whether an email that did not arrive says something about the booking's address as it is now. */
export type Destination = 'address' | 'passed-on' | 'elsewhere'

/**
 * Decides where an email failed, by the addresses that a report names: at the booking's own (`address`), at an address
 * to which it was forwarded from there (`passed-on`), or at an address that may have nothing to do with the booking any
 * more (`elsewhere`). A report that names none is about the address to which the email went.
 */
export function destinationOf (recipients: readonly string[], { canonicalEmail, hasOldLinks }: Sent): Destination {
  if (recipients.some(recipient => canonicalAddress(recipient) === canonicalEmail)) return 'address'
  if (hasOldLinks) return 'elsewhere'
  return recipients.length === 0 ? 'address' : 'passed-on'
}

/** Maximum number of addresses named of an email that was forwarded to many. */
const maxNamed = 3

/**
 * Why an email did not arrive, for staff. Where it was forwarded, no one can say whether its first address kept a copy:
 * staff read where it went, and can ask.
 */
export function reasonInWords (destination: Destination, recipients: readonly string[], reason: string): string {
  const named = new Intl.ListFormat('en-GB').format(recipients.slice(0, maxNamed))
  switch (destination) {
    case 'passed-on': return `Their address passed it on to ${named}, where it did not arrive: ${reason}`
    case 'elsewhere': return named === '' ? reason : `It went to ${named}: ${reason}`
    case 'address': return reason
  }
}
