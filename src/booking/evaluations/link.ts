import { createHmac, timingSafeEqual } from 'node:crypto'
import { occasions } from '../../programme/evaluations/questionnaire.ts'
import type { Occasion } from '../../programme/evaluations/questionnaire.ts'
import { keysOf } from '../../platform/seal.ts'
import type { SecretKey } from '../../platform/seal.ts'
import type { Booking } from '../bookings/booking.ts'

/** What a link to answer says: about which activity, on which occasion, and the mark under which it is used up. */
export interface EvaluationLink {
  activityId: string
  occasion: Occasion
  mark: string
}

/**
 * Links by which people answer once without saying who they are. A link carries a mark: a keyed hash of the booking's
 * id. The mark is all that is kept of who has answered, and whoever has no SECRET_KEY can find its booking neither from
 * the link nor from the database.
 */
export interface EvaluationLinks {
  /** The link for the holder of a booking. */
  linkOf: (booking: Pick<Booking, 'id' | 'activityId'>, occasion: Occasion) => EvaluationLink
  /** The link for someone who agreed to be asked once more; their booking is erased by then. */
  laterLinkOf: (contact: { id: string, activityId: string }) => EvaluationLink
  /** The mark under which the holder of a link agrees to be asked once more: it leads to no other mark. */
  consentMarkOf: (link: EvaluationLink) => string
  tokenOf: (link: EvaluationLink) => string
  /** Undefined for anything that we did not sign. */
  read: (token: string) => EvaluationLink | undefined
}

const idBytes = 16
const signatureBytes = 32

export function evaluationLinks (secretKey: SecretKey): EvaluationLinks {
  const [current] = keysOf(secretKey)
  const keyed = (purpose: string, ...of: string[]) =>
    createHmac('sha256', current).update(`${purpose}:${of.join(':')}`).digest()
  const markOf = (purpose: string, ...of: string[]) => asId(keyed(purpose, ...of).subarray(0, idBytes))
  const signatureOf = (signed: Buffer, key: string) =>
    createHmac('sha256', key).update('evaluation-link:').update(signed).digest()

  return {
    linkOf: ({ id, activityId }, occasion) =>
      ({ activityId, occasion, mark: markOf('evaluation-mark', occasion, activityId, id) }),

    laterLinkOf: ({ id, activityId }) =>
      ({ activityId, occasion: 'later', mark: markOf('evaluation-mark', 'later', activityId, id) }),

    consentMarkOf: ({ mark }) => markOf('later-contact', mark),

    tokenOf ({ activityId, occasion, mark }) {
      const signed = Buffer.concat([Buffer.of(occasions.indexOf(occasion)), bytesOf(activityId), bytesOf(mark)])
      return Buffer.concat([signed, signatureOf(signed, current)]).toString('base64url')
    },

    read (token) {
      const bytes = Buffer.from(token, 'base64url')
      const signed = bytes.subarray(0, -signatureBytes)
      if (signed.length !== 1 + 2 * idBytes || bytes.toString('base64url') !== token) return undefined
      const signature = bytes.subarray(-signatureBytes)
      const isOurs = keysOf(secretKey).some(key => timingSafeEqual(signature, signatureOf(signed, key)))
      if (!isOurs) return undefined
      const occasion = occasions[signed[0] ?? occasions.length]
      return occasion && {
        occasion, activityId: asId(signed.subarray(1, 1 + idBytes)), mark: asId(signed.subarray(1 + idBytes))
      }
    }
  }
}

function bytesOf (id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex')
}

function asId (bytes: Buffer): string {
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
