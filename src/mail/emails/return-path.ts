import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { keysOf } from '../../platform/seal.ts'
import type { SecretKey } from '../../platform/seal.ts'

/**
 * The envelope sender of an email: `bounces+TOKEN@…`, so that a report identifies its email by the address alone,
 * whatever its format (VERP).
 *
 * TOKEN is the email's id and a signature of it, 28 bytes in base32hex (RFC 4648 §7): lower-case letters and digits,
 * because mail systems change case, and 45 of them, because the part before the @ may have 64 octets (RFC 5321
 * §4.5.3.1.1). None of it is stored. The signature is cut to 96 bits, as those of IPsec are (RFC 2404): it only
 * protects a mark on an organiser's list, and guesses can only be checked by asking us.
 */
export interface ReturnPaths {
  returnPathOf: (emailId: string, bounceAddress: string) => string
  /** The email of the first address in a text that we signed; undefined where there is none. */
  emailIdIn: (text: string) => string | undefined
}

const signatureBytes = 12
const tokenLength = 45

export function returnPaths (secretKey: SecretKey): ReturnPaths {
  // Keys of its own, derived once: there are many emails.
  const [current, ...before] = keysOf(secretKey).map(key =>
    createSecretKey(createHmac('sha256', key).update('return-path').digest())) as [KeyObject, ...KeyObject[]]
  const signature = (id: Buffer, key: KeyObject) => createHmac('sha256', key).update(id).digest().subarray(0, signatureBytes)

  return {
    returnPathOf (emailId, bounceAddress) {
      const id = Buffer.from(emailId.replaceAll('-', ''), 'hex')
      const token = BigInt(`0x${id.toString('hex')}${signature(id, current).toString('hex')}`).toString(32).padStart(tokenLength, '0')
      const at = bounceAddress.lastIndexOf('@')
      return `${bounceAddress.slice(0, at)}+${token}${bounceAddress.slice(at)}`
    },

    emailIdIn (text) {
      for (const [, token = ''] of text.matchAll(/\+([\da-v]{45})"?@/gi)) {
        const bytes = Buffer.from(hexOf(token), 'hex')
        const id = bytes.subarray(0, 16)
        if ([current, ...before].some(key => timingSafeEqual(bytes.subarray(16), signature(id, key)))) {
          return id.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
        }
      }
      return undefined
    }
  }
}

/** Converts a token, in upper or lower case, to hex; padded, so that there are never too few bytes. */
function hexOf (token: string): string {
  const number = Array.from(token).reduce((sum, digit) => sum * 32n + BigInt(parseInt(digit, 32)), 0n)
  return number.toString(16).padStart((16 + signatureBytes) * 2, '0')
}
