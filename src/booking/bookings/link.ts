import type { SecretKey } from '../../platform/seal.ts'
import { signedIds } from '../../platform/signed-id.ts'
import type { Booking } from './booking.ts'
import { LinkEnded } from './errors.ts'

/** The part of a booking that its link is made from. */
export type Linked = Pick<Booking, 'id' | 'linkVersion'>

/** The link by which someone acts. */
export type HeldLink = Pick<Booking, 'linkVersion'>

/**
 * The link to one's own booking: the booking's id, the version of its links and a signature of both, as base64url.
 *
 * Only the version is stored, so a copy of the database opens no booking, and every later email can carry a link. It is
 * good for one purpose and one booking, until that booking's version is raised.
 */
export interface BookingLinks {
  tokenOf: (booking: Linked) => string
  /**
   * Returns what a token says, or undefined for anything that we did not sign. Whether it still opens the booking
   * depends on the booking: see `bookingByLink`.
   */
  read: (token: string) => Linked | undefined
}

/** Throws `LinkEnded` if the version of a locked booking's links has risen above that of the link someone holds. */
export function assertHeld (booking: HeldLink, by: HeldLink | undefined): void {
  if (by !== undefined && by.linkVersion !== booking.linkVersion) throw new LinkEnded()
}

export function bookingLinks (secretKey: SecretKey): BookingLinks {
  return linksFor('booking-link', secretKey)
}

/** Links by which a booking's holder goes into the meeting: made the same way, good for that alone. */
export function joinLinks (secretKey: SecretKey): BookingLinks {
  return linksFor('join-link', secretKey)
}

function linksFor (purpose: string, secretKey: SecretKey): BookingLinks {
  const ids = signedIds(purpose, secretKey)
  return {
    tokenOf: ({ id, linkVersion }) => ids.tokenOf({ id, version: linkVersion }),
    read (token) {
      const link = ids.read(token)
      return link && { id: link.id, linkVersion: link.version }
    }
  }
}
