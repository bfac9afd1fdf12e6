import { randomInt, timingSafeEqual } from 'node:crypto'
import { hashOf } from '../staff/token.ts'

/** So many wrong codes end a letter's code and its link. */
export const mostTries = 5

/** Makes the six digits that do instead of a link. */
export function newCode (): string {
  return String(randomInt(1_000_000)).padStart(6, '0')
}

/** Six digits as they are read: three and three. */
export function codeInWords (code: string): string {
  return `${code.slice(0, 3)} ${code.slice(3)}`
}

/**
 * What is kept of a code, bound to the token that it does instead of. Whoever has a copy of the database can
 * try all million; what they find is worth nothing without what only the browser that asked has.
 */
export function codeHashOf (code: string, tokenHash: string): string {
  return hashOf(`code ${tokenHash} ${code}`)
}

/** Says whether the digits are those of a kept code, in a time that does not tell how nearly. */
export function isRightCode (typed: string, { codeHash, tokenHash }: { codeHash: string, tokenHash: string }): boolean {
  return timingSafeEqual(Buffer.from(codeHashOf(typed, tokenHash)), Buffer.from(codeHash))
}
