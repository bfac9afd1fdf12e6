import { signedIds } from '../../platform/signed-id.ts'
import type { Booking } from './booking.ts'
import { LinkEnded } from './errors.ts'

/** What a link is made of. */
export type Linked = Pick<Booking, 'id' | 'linkVersion'>

/** By which link somebody does something. */
export type HeldLink = Pick<Booking, 'linkVersion'>

/**
 * The link to one's own booking: the booking's id, the version of its links and a signature of both, as base64url.
 *
 * Nothing of it is stored but the version, so a copy of the database opens no booking, and every later letter can
 * carry a link. It is good for one purpose and one booking, until that booking's version is raised.
 */
export interface BookingLinks {
  tokenOf: (booking: Linked) => string
  /**
   * What a token says, or undefined for anything that we did not sign. Whether it still opens the booking only the
   * booking knows: see `bookingByLink`.
   */
  read: (token: string) => Linked | undefined
}

/** Throws `LinkEnded` where a booking, which is locked, has other links by now than the one that somebody holds. */
export function assertHeld (booking: HeldLink, by: HeldLink | undefined): void {
  if (by !== undefined && by.linkVersion !== booking.linkVersion) throw new LinkEnded()
}

export function bookingLinks (secretKey: string): BookingLinks {
  return linksFor('booking-link', secretKey)
}

/** The personal way into the meeting of one's booking: made alike, good for that alone. */
export function joinLinks (secretKey: string): BookingLinks {
  return linksFor('join-link', secretKey)
}

function linksFor (purpose: string, secretKey: string): BookingLinks {
  const ids = signedIds(purpose, secretKey)
  return {
    tokenOf: ({ id, linkVersion }) => ids.tokenOf({ id, version: linkVersion }),
    read (token) {
      const link = ids.read(token)
      return link && { id: link.id, linkVersion: link.version }
    }
  }
}
