import { createHmac, timingSafeEqual } from 'node:crypto'
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

const idBytes = 16
const versionBytes = 4
const signatureBytes = 32

function linksFor (purpose: string, secretKey: string): BookingLinks {
  const signature = (signed: Buffer) => createHmac('sha256', secretKey).update(`${purpose}:`).update(signed).digest()

  return {
    tokenOf ({ id, linkVersion }) {
      const signed = Buffer.concat([Buffer.from(id.replaceAll('-', ''), 'hex'), versionAsBytes(linkVersion)])
      return Buffer.concat([signed, signature(signed)]).toString('base64url')
    },

    read (token) {
      const bytes = Buffer.from(token, 'base64url')
      const signed = bytes.subarray(0, -signatureBytes)
      const isOurs = [idBytes, idBytes + versionBytes].includes(signed.length) && bytes.toString('base64url') === token &&
        timingSafeEqual(bytes.subarray(-signatureBytes), signature(signed))
      if (!isOurs) return undefined
      return {
        id: signed.toString('hex', 0, idBytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
        linkVersion: signed.length === idBytes ? 0 : signed.readUInt32BE(idBytes)
      }
    }
  }
}

/** The first version takes no bytes: such are the links of letters that went out before there were versions. */
function versionAsBytes (version: number): Buffer {
  if (version === 0) return Buffer.alloc(0)
  const bytes = Buffer.alloc(versionBytes)
  bytes.writeUInt32BE(version)
  return bytes
}
