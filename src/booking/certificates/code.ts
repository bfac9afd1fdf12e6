import { createHash, createHmac } from 'node:crypto'
import { keysOf } from '../../platform/seal.ts'
import type { SecretKey } from '../../platform/seal.ts'
import { unspaced, visibleText } from '../../platform/typed.ts'

/** Without the letters that are misheard or misread as others: I, L, O, U (Crockford's base 32). */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Characters of a code, of five bits each: 80 bits, which nobody finds by trying. */
const length = 16

/**
 * The codes of certificates. A code is made from the booking's id with SECRET_KEY, so that a second press gives the
 * same certificate, and is not stored: the database has its hash, and a mark of the name that leads to a name only for
 * who has the code and SECRET_KEY.
 */
export interface CertificateCodes {
  /** As printed: `7F3K-Q92Q-DM4T-B0XV`. */
  codeOf: (booking: { id: string }) => string
  nameMarkOf: (code: string, name: string) => string
  /** Whether a mark is that of a name, under whichever key it was made. */
  isMarkOf: (mark: string, code: string, name: string) => boolean
}

export function certificateCodes (secretKey: SecretKey): CertificateCodes {
  const [current] = keysOf(secretKey)
  const keyed = (purpose: string, of: string, key = current) => createHmac('sha256', key).update(`${purpose}:${of}`).digest()
  const markUnder = (key: string, code: string, name: string) =>
    keyed('certificate-name', `${code}:${asCompared(name)}`, key).toString('base64url')
  return {
    codeOf: ({ id }) => inFours(Array.from(keyed('certificate-code', id).subarray(0, length), byte => alphabet[byte & 31]).join('')),
    nameMarkOf: (code, name) => markUnder(current, code, name),
    isMarkOf: (mark, code, name) => keysOf(secretKey).some(key => markUnder(key, code, name) === mark)
  }
}

/** What is stored of a code: of 80 random bits a plain hash gives nothing away. */
export function hashOf (code: string): string {
  return createHash('sha256').update(code).digest('base64url')
}

/**
 * Reads a code as typed from paper: in either case, with dashes, spaces or neither, and with letters that it never has
 * in place of the digits that they are read as. Undefined if it cannot be one.
 */
export function codeIn (typed: string): string | undefined {
  const characters = unspaced(typed.normalize('NFKC').toUpperCase()).replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  const isOne = characters.length === length && Array.from(characters).every(character => alphabet.includes(character))
  return isOne ? inFours(characters) : undefined
}

function inFours (characters: string): string {
  return characters.replaceAll(/(.{4})(?=.)/g, '$1-')
}

/**
 * The same for a name typed from paper: whatever its capitals, accents, spaces, dashes and apostrophes. Of marks only
 * the accents of Latin go: in the scripts of India a vowel is a mark, and another vowel makes another name.
 */
function asCompared (name: string): string {
  return visibleText(name).normalize('NFKD').toLowerCase().replaceAll(/[\u0300-\u036F]|[^\p{L}\p{M}\p{N}]/gu, '')
}
