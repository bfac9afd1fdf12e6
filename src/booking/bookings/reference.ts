import { randomBytes } from 'node:crypto'
import { unspaced } from '../../platform/typed.ts'

/** Without the letters that are heard or read as others: I, L, O, U (Crockford's base 32). */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Makes what people read out on the telephone: ten characters, 50 bits, as `7F3KQ-92QDM`. */
export function newReference (): string {
  const characters = Array.from(randomBytes(10), byte => alphabet[byte & 31])
  return `${characters.slice(0, 5).join('')}-${characters.slice(5).join('')}`
}

/**
 * The reference that was typed as somebody read it out: in capitals or not, with its dash, spaces or neither, and
 * with letters that it never has for the digits as which they are heard. Undefined for what can be none.
 */
export function referenceIn (typed: string): string | undefined {
  const characters = unspaced(typed.normalize('NFKC').toUpperCase())
    .replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  const isOne = characters.length === 10 && Array.from(characters).every(character => alphabet.includes(character))
  return isOne ? `${characters.slice(0, 5)}-${characters.slice(5)}` : undefined
}
