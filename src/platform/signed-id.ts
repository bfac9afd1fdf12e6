import { createHmac, timingSafeEqual } from 'node:crypto'
import { keysOf } from './seal.ts'
import type { SecretKey } from './seal.ts'

/** An id that we vouch for, and the version of the thing it names. */
export interface SignedId { id: string, version: number }

/**
 * Tokens that need no storage: an id, a version and a signature of both (HMAC-SHA-256), as base64url. Each is good for
 * one purpose.
 */
export interface SignedIds {
  tokenOf: (signed: SignedId) => string
  /**
   * Returns what a token says, or undefined for anything that we did not sign. Whether it is still valid is for the
   * caller to decide.
   */
  read: (token: string) => SignedId | undefined
}

const idBytes = 16
const versionBytes = 4
const signatureBytes = 32

export function signedIds (purpose: string, secretKey: SecretKey): SignedIds {
  const signature = (signed: Buffer, key: string) => createHmac('sha256', key).update(`${purpose}:`).update(signed).digest()
  const [current] = keysOf(secretKey)

  return {
    tokenOf ({ id, version }) {
      const signed = Buffer.concat([Buffer.from(id.replaceAll('-', ''), 'hex'), versionAsBytes(version)])
      return Buffer.concat([signed, signature(signed, current)]).toString('base64url')
    },

    read (token) {
      const bytes = Buffer.from(token, 'base64url')
      const signed = bytes.subarray(0, -signatureBytes)
      const isOurs = [idBytes, idBytes + versionBytes].includes(signed.length) && bytes.toString('base64url') === token &&
        keysOf(secretKey).some(key => timingSafeEqual(bytes.subarray(-signatureBytes), signature(signed, key)))
      if (!isOurs) return undefined
      return {
        id: signed.toString('hex', 0, idBytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
        version: signed.length === idBytes ? 0 : signed.readUInt32BE(idBytes)
      }
    }
  }
}

/** The first version takes no bytes: such are the links that went out before there were versions. */
function versionAsBytes (version: number): Buffer {
  if (version === 0) return Buffer.alloc(0)
  const bytes = Buffer.alloc(versionBytes)
  bytes.writeUInt32BE(version)
  return bytes
}
