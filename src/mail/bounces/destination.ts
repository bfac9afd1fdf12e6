import { canonicalAddress } from '../../booking/bookings/address.ts'

/** What of a letter and its booking tells where it went; the letter itself keeps no address. */
export interface Sent {
  /** The booking's address as it is now, as compared. */
  canonicalEmail: string | null
  /** Whether the links that the letter carries have ended, as they do when the address changes. */
  hasOldLinks: boolean
}

/** Whether a letter that did not arrive speaks against the booking's address as it is now. */
export type Destination = 'address' | 'passed-on' | 'elsewhere'

/**
 * Tells by the addresses at which a report says that a letter did not arrive whether that was the booking's own
 * (`address`), one to which it was passed on from there, or one that need not have anything to do with it any more.
 * A report that names none is about the address to which the letter went.
 */
export function destinationOf (recipients: readonly string[], { canonicalEmail, hasOldLinks }: Sent): Destination {
  if (recipients.some(recipient => canonicalAddress(recipient) === canonicalEmail)) return 'address'
  if (hasOldLinks) return 'elsewhere'
  return recipients.length === 0 ? 'address' : 'passed-on'
}

/** Of a letter that was passed on to many addresses, so many are named. */
const mostNamed = 3

/**
 * Why a letter did not arrive, for staff. Of one that was passed on nobody can say whether its first address kept a
 * copy: they read where it went, and can ask.
 */
export function reasonInWords (destination: Destination, recipients: readonly string[], reason: string): string {
  const named = new Intl.ListFormat('en-GB').format(recipients.slice(0, mostNamed))
  switch (destination) {
    case 'passed-on': return `Their address passed it on to ${named}, where it did not arrive: ${reason}`
    case 'elsewhere': return named === '' ? reason : `It went to ${named}: ${reason}`
    case 'address': return reason
  }
}
