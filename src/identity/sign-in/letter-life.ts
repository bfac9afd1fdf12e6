import { createHash } from 'node:crypto'
import type { DateTime } from 'luxon'
import { mostTries } from './code.ts'

/** How long what is in a letter is good for, from when the letter is written (ASVS 5.0, 6.5.5). */
export const letterMinutes = 10

/** So many letters go to one person in so many minutes for one who asks: themselves, or a stranger from one place. */
export const mostLetters = 5
export const mostLettersMinutes = 15

/** And so many for all strangers together: more would be an inbox full. */
export const mostForStrangers = 15

/** So many wrong codes a day end codes for strangers, who could ask for ever more letters to guess at. */
export const mostWrongCodes = 50
export const wrongCodesHours = 24

/**
 * A letter that somebody asked for, in one browser. `askedFrom` says from where, of 65,536 places; undefined: in a
 * browser that is known as the person's own.
 */
export interface AskedLetter {
  browserHash: string
  askedAt: DateTime<true>
  askedFrom: number | undefined
}

/** One that was written before, perhaps at an earlier try of the same. */
export interface WrittenLetter extends AskedLetter {
  isUsed: boolean
  tries: number
}

/**
 * A number for where a letter to somebody was asked for. Two senders seldom have the same, and nobody is known by it:
 * thousands of others have it too.
 */
export function placeOf (sender: string, staffMemberId: string): number {
  return createHash('sha256').update(`${staffMemberId} ${sender}`).digest().readUInt16BE()
}

/**
 * Says whether a letter that was asked for is still to be written. Not where nobody waits for it any more, where one
 * of its earlier tries was used or guessed at too often, or where too many have gone. What strangers ask for takes
 * nothing from somebody who asks in their own browser, nor what one stranger asks for from another, until there are
 * so many that the inbox is full of them.
 */
export function isToBeWritten (
  { browserHash, askedAt, askedFrom }: AskedLetter, written: readonly WrittenLetter[], now: DateTime<true>
): boolean {
  if (now >= askedAt.plus({ minutes: letterMinutes })) return false
  const earlierTry = written.find(letter => letter.browserHash === browserHash)
  if (earlierTry !== undefined && (earlierTry.isUsed || earlierTry.tries >= mostTries)) return false
  const others = written.filter(letter =>
    letter.browserHash !== browserHash && letter.askedAt > now.minus({ minutes: mostLettersMinutes }))
  const alike = others.filter(other => other.askedFrom === askedFrom)
  const forStrangers = others.filter(other => other.askedFrom !== undefined)
  return alike.length < mostLetters && (askedFrom === undefined || forStrangers.length < mostForStrangers)
}
