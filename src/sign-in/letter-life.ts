import type { DateTime } from 'luxon'
import { mostTries } from './code.ts'

/** How long what is in a letter is good for, from when the letter is written (ASVS 5.0, 6.5.5). */
export const letterMinutes = 10

/** So many letters go to one person in so many minutes, whoever asks for them. */
export const mostLetters = 5
export const mostLettersMinutes = 15

/** A letter that somebody asked for, in one browser. */
export interface AskedLetter {
  browserHash: string
  askedAt: DateTime<true>
}

/** One that was written before, perhaps at an earlier try of the same. */
export interface WrittenLetter extends AskedLetter {
  isUsed: boolean
  tries: number
}

/**
 * Says whether a letter that was asked for is still to be written. Not where nobody waits for it any more,
 * where a newer one was asked for, where one of its earlier tries was used or guessed at too often, or where
 * too many have gone: with a mail server down, jobs are done late and not in their order.
 */
export function isToBeWritten (
  { browserHash, askedAt }: AskedLetter, written: readonly WrittenLetter[], now: DateTime<true>
): boolean {
  if (now >= askedAt.plus({ minutes: letterMinutes })) return false
  const earlierTry = written.find(letter => letter.browserHash === browserHash)
  if (earlierTry !== undefined && (earlierTry.isUsed || earlierTry.tries >= mostTries)) return false
  const others = written.filter(letter => letter.browserHash !== browserHash)
  if (others.some(other => other.askedAt > askedAt)) return false
  return others.filter(other => other.askedAt > now.minus({ minutes: mostLettersMinutes })).length < mostLetters
}
