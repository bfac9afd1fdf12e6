import { createHash } from 'node:crypto'
import type { DateTime } from 'luxon'
import { maxTries } from './code.ts'

/** Lifetime of an email's link and code, from when the email is written (ASVS 5.0, 6.5.5). */
export const emailMinutes = 10

/** Maximum number of emails to one person, in so many minutes, per asker: the person, or a stranger from one place. */
export const maxEmails = 5
export const maxEmailsMinutes = 15

/** Maximum for all strangers together: more would fill the inbox. */
export const maxForStrangers = 15

/**
 * After this many wrong codes in a day, strangers' codes stop working: they could ask for ever more emails to guess at.
 */
export const maxWrongCodes = 50
export const wrongCodesHours = 24

/**
 * An email that someone asked for in one browser. `askedFrom` says from where, as one of 65,536 places; undefined: from
 * a browser that is known as the person's own.
 */
export interface AskedEmail {
  browserHash: string
  askedAt: DateTime<true>
  askedFrom: number | undefined
}

/** An email that was written before, perhaps at an earlier try of the same request. */
export interface WrittenEmail extends AskedEmail {
  isUsed: boolean
  tries: number
}

/**
 * A number for the place from which an email to someone was asked for. Two senders seldom share one, yet it identifies
 * no one: thousands of others have it too.
 */
export function placeOf (sender: string, staffMemberId: string): number {
  return createHash('sha256').update(`${staffMemberId} ${sender}`).digest().readUInt16BE()
}

/**
 * Returns whether an email that was asked for is still to be written. Not if no one waits for it any more, if one of
 * its earlier tries was used or guessed at too often, or if too many have gone out. Strangers' requests do not use up
 * the limit of the person's own browser, nor one stranger's that of another, until there are so many that the inbox is
 * full of them.
 */
export function isToBeWritten (
  { browserHash, askedAt, askedFrom }: AskedEmail, written: readonly WrittenEmail[], now: DateTime<true>
): boolean {
  if (now >= askedAt.plus({ minutes: emailMinutes })) return false
  const earlierTry = written.find(email => email.browserHash === browserHash)
  if (earlierTry !== undefined && (earlierTry.isUsed || earlierTry.tries >= maxTries)) return false
  const others = written.filter(email =>
    email.browserHash !== browserHash && email.askedAt > now.minus({ minutes: maxEmailsMinutes }))
  const alike = others.filter(other => other.askedFrom === askedFrom)
  const forStrangers = others.filter(other => other.askedFrom !== undefined)
  return alike.length < maxEmails && (askedFrom === undefined || forStrangers.length < maxForStrangers)
}
