import { randomInt } from 'node:crypto'
import { unspaced } from '../../platform/typed.ts'

/** Without the letters that are misheard or misread as others: I, L, O, U (Crockford's base 32). */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Makes the reference that people read out on the phone: ten characters, 50 bits, as `7F3KQ-92QDM`. */
export function newReference (): string {
  const characters = Array.from({ length: 10 }, () => alphabet[randomInt(alphabet.length)])
  return `${characters.slice(0, 5).join('')}-${characters.slice(5).join('')}`
}

/**
 * Reads a reference as typed from dictation: in either case, with its dash, spaces or neither, and with letters that it
 * never has in place of the digits that they are heard as. Undefined if it cannot be a reference.
 */
export function referenceIn (typed: string): string | undefined {
  const characters = unspaced(typed.normalize('NFKC').toUpperCase())
    .replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  const isOne = characters.length === 10 && Array.from(characters).every(character => alphabet.includes(character))
  return isOne ? `${characters.slice(0, 5)}-${characters.slice(5)}` : undefined
}
