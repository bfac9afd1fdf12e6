import { createHmac } from 'node:crypto'
import { canonicalCode, codeCharacters } from '../holds/code.ts'

/** The codes by which people say that they were at an activity. */
export interface CheckInCodes {
  /** The code of an activity, as `K7PMW3`: always the same, so that a slide stays right when the activity moves. */
  codeOf: (activityId: string) => string
}

/** Six characters, 29 bits: typed from a screen, and no use without the link to a booking of that activity. */
const length = 6

/** Codes that need no storage: made of the activity's id and SECRET_KEY (HMAC-SHA-256). */
export function checkInCodes (secretKey: string): CheckInCodes {
  return {
    codeOf: activityId =>
      codeCharacters(createHmac('sha256', secretKey).update(`check-in code:${activityId}`).digest()).slice(0, length)
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
