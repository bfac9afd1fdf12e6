import { createHmac } from 'node:crypto'
import { keysOf } from '../../platform/seal.ts'
import type { SecretKey } from '../../platform/seal.ts'
import { canonicalCode, codeCharacters } from '../holds/code.ts'

/** The codes by which people say that they were at an activity. */
export interface CheckInCodes {
  /** The code of an activity, as `K7PMW3`: always the same, so that a slide stays right when the activity moves. */
  codeOf: (activityId: string) => string
  /** The same under each key: a slide may show that of the key before. */
  codesOf: (activityId: string) => string[]
}

/** Six characters, 29 bits: typed from a screen, and no use without the link to a booking of that activity. */
const length = 6

/** Codes that need no storage: made of the activity's id and SECRET_KEY (HMAC-SHA-256). */
export function checkInCodes (secretKey: SecretKey): CheckInCodes {
  const [current] = keysOf(secretKey)
  const codeUnder = (key: string, activityId: string) =>
    codeCharacters(createHmac('sha256', key).update(`check-in code:${activityId}`).digest()).slice(0, length)
  return {
    codeOf: activityId => codeUnder(current, activityId),
    codesOf: activityId => keysOf(secretKey).map(key => codeUnder(key, activityId))
  }
}

/** Whether someone typed the code, however they typed it. */
export function isCode (code: string, typed: string): boolean {
  return canonicalCode(typed) === code
}

/** A code as it is shown: in two halves, as people read it out. */
export function shownCode (code: string): string {
  return `${code.slice(0, length / 2)}-${code.slice(length / 2)}`
}
