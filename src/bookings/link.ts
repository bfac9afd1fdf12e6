import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * The link to one's own booking: the booking's id and a signature of it, 48 bytes as base64url.
 *
 * Nothing of it is stored, so a copy of the database opens no booking, and every later letter can
 * carry the same link. It is good for one purpose and one booking, and as long as the booking is kept.
 */
export interface BookingLinks {
  tokenOf: (bookingId: string) => string
  /** The id of the booking that a token opens, or undefined for anything that we did not sign. */
  bookingIdOf: (token: string) => string | undefined
}

export function bookingLinks (secretKey: string): BookingLinks {
  return linksFor('booking-link', secretKey)
}

/** The personal way into the meeting of one's booking: made alike, good for that alone. */
export function joinLinks (secretKey: string): BookingLinks {
  return linksFor('join-link', secretKey)
}

function linksFor (purpose: string, secretKey: string): BookingLinks {
  const signature = (id: Buffer) => createHmac('sha256', secretKey).update(`${purpose}:`).update(id).digest()

  return {
    tokenOf (bookingId) {
      const id = Buffer.from(bookingId.replaceAll('-', ''), 'hex')
      return Buffer.concat([id, signature(id)]).toString('base64url')
    },

    bookingIdOf (token) {
      const bytes = Buffer.from(token, 'base64url')
      if (bytes.length !== 48 || bytes.toString('base64url') !== token) return undefined
      const id = bytes.subarray(0, 16)
      if (!timingSafeEqual(bytes.subarray(16), signature(id))) return undefined
      return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    }
  }
}
