import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'
import type { ClaimedEmail } from './claiming.ts'
import { NoAddress, MailRefused } from './errors.ts'
import type { SentContent } from './told.ts'
import { markUnreachable } from './unreachable.ts'

/** Why an email did not go out; final where another try would end alike. */
export interface Failure {
  reason: string
  isFinal: boolean
}

/** Why an email did not go out. */
export function failureOf (error: Error): Failure {
  if (error instanceof NoAddress) return { reason: error.message, isFinal: true }
  return error instanceof MailRefused
    ? { reason: error.answer, isFinal: error.isFinal }
    : { reason: error.message, isFinal: false }
}

/** After so many hours without success an email has failed: by then people have given up waiting for it. */
const hoursToTry = 24

/** Maximum number of characters kept of what a mail server says. */
const longestAnswer = 1000

/** An email that was handed over: when, the mail server's answer, and what the email said. */
export interface SentEmail { id: string, at: DateTime<true>, answer: string, told?: SentContent | undefined }

/**
 * Records that these emails were handed over, each since its `at`, and what the mail server said. Not for an email that
 * came back already, which can be sooner.
 */
export async function noteSent (db: Db, emails: readonly SentEmail[]): Promise<void> {
  await db.$executeRaw`
    WITH sent AS (
      SELECT letter.id, taken.at, taken.answer, taken.told
      FROM letters letter JOIN unnest(${emails.map(({ id }) => id)}::uuid[],
        ${emails.map(({ at }) => at.toJSDate())}::timestamptz[],
        ${emails.map(({ answer }) => answer.slice(0, longestAnswer))}::text[],
        ${emails.map(({ told }) => told === undefined ? null : JSON.stringify(told))}::text[]) AS taken (id, at, answer, told)
        ON taken.id = letter.id
      WHERE letter.status <> 'bounced'
      ORDER BY booking_id, kind, sequence, copy
      FOR UPDATE OF letter)
    UPDATE letters SET status = 'sent', sent_at = sent.at, claimed_until = NULL, answer = sent.answer,
      told = sent.told::jsonb
    FROM sent WHERE letters.id = sent.id`
}

/**
 * Records why an email did not go out, and releases it for the next try; returns whether there is to be one. There is
 * none after a refusal for good, which marks the booking as unreachable by email, nor after a day of trying.
 */
export async function noteFailure (
  db: Db, { id, createdAt }: Pick<ClaimedEmail, 'id' | 'createdAt'>, { reason, isFinal }: Failure, now: DateTime<true>
): Promise<'to be tried again' | 'failed'> {
  const hasFailed = isFinal || createdAt <= now.minus({ hours: hoursToTry }).toJSDate()
  await db.$transaction(async tx => {
    const { bookingId, linkVersion } = await tx.email.update({
      where: { id },
      data: { status: hasFailed ? 'failed' : 'queued', claimedUntil: null, answer: reason.slice(0, longestAnswer) }
    })
    if (isFinal) await markUnreachable(tx, { bookingId, linkVersion }, now)
  })
  return hasFailed ? 'failed' : 'to be tried again'
}
