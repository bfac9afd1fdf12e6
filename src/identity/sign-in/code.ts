import { timingSafeEqual } from 'node:crypto'
import { hashOf } from '../staff/token.ts'

/** After this many wrong codes, an email's code and its link end. */
export const maxTries = 5

/** Six digits as people read them: three and three. */
export function codeInWords (code: string): string {
  return `${code.slice(0, 3)} ${code.slice(3)}`
}

/**
 * The stored form of a code, bound to the token that it replaces. With a copy of the database all million codes can be
 * tried, but the right one is worth nothing without the token that only the asking browser has.
 */
export function codeHashOf (code: string, tokenHash: string): string {
  return hashOf(`code ${tokenHash} ${code}`)
}

/** Returns whether the digits match a stored code, in constant time. */
export function isRightCode (typed: string, { codeHash, tokenHash }: { codeHash: string, tokenHash: string }): boolean {
  return timingSafeEqual(Buffer.from(codeHashOf(typed, tokenHash)), Buffer.from(codeHash))
}
