import { randomBytes } from 'node:crypto'
import { unspaced } from '../../platform/typed.ts'

/** Without characters that are misread: 0 and O, 1, I and L, and U (after Crockford's base 32). */
const alphabet = '23456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Makes a code that people type: eight characters, 39 bits, as `K7PMW3QD`. */
export function newCode (): string {
  let characters = ''
  while (characters.length < 8) characters += codeCharacters(randomBytes(8))
  return characters.slice(0, 8)
}

/** Characters of codes from random bytes, about as many as there are. */
export function codeCharacters (bytes: Uint8Array): string {
  // 240 is the last multiple of 30: using bytes above it, some characters would come more often.
  return Array.from(bytes).filter(byte => byte < 240).map(byte => alphabet.charAt(byte % 30)).join('')
}

/**
 * A code in the form in which codes are compared: capitals and digits, however it was typed. Composed again at the end:
 * the capital of some letters is two characters, and removing characters may leave a mark behind.
 */
export function canonicalCode (typed: string): string {
  return unspaced(typed.normalize('NFKC').toUpperCase()).normalize('NFKC')
}
