import { randomBytes } from 'node:crypto'

/** Without the letters that are heard or read as others: I, L, O, U (Crockford's base 32). */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** Makes what people read out on the telephone: ten characters, 50 bits, as `7F3KQ-92QDM`. */
export function newReference (): string {
  const characters = Array.from(randomBytes(10), byte => alphabet[byte & 31])
  return `${characters.slice(0, 5).join('')}-${characters.slice(5).join('')}`
}
