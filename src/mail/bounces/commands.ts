import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'
import { markUnreachable } from '../emails/unreachable.ts'
import { oneLine } from '../../platform/one-line.ts'
import { destinationOf, reasonInWords } from './destination.ts'
import type { Sent } from './destination.ts'
import type { Bounce } from './report.ts'

/** Of what a mail system says, so much is kept. */
const longestReason = 1000

/** A letter that can have come back. */
interface SentLetter extends Sent { bookingId: string }

/**
 * Notes that a letter came back: its booking is one that letters do not reach, also where they were passed on and
 * lost there, but not where the letter went to an address that is not the booking's any more. The booking stays as it
 * is, and so does every other letter to it, the same one sent again included. Says whether that was news.
 *
 * Safe to run any number of times: the first report about a letter is the one that counts, so a report
 * that is read again does not mark a booking whose letters staff have sent again since. Nothing comes of a
 * report about a letter that was erased, given up or never sent. One that a worker still has in hand was
 * sent: a mail server can be quicker to send it back than the worker to note that it went.
 */
export async function noteBounce (
  db: Db, { letterId, reason, recipients }: Bounce, now: DateTime<true>
): Promise<boolean> {
  return await db.$transaction(async tx => {
    const [letter] = await tx.$queryRaw<SentLetter[]>`
      SELECT booking_id AS "bookingId", canonical_email AS "canonicalEmail",
        coalesce(letter.link_version < booking.link_version, false) AS "hasOldLinks"
      FROM letters letter JOIN bookings booking ON booking.id = booking_id
      WHERE letter.id = ${letterId}::uuid AND (letter.status = 'sent' OR (letter.status = 'queued' AND attempts > 0))
      FOR NO KEY UPDATE`
    if (letter === undefined) return false
    const destination = destinationOf(recipients, letter)
    const words = reasonInWords(destination, recipients, reason).replace(/\s+/g, ' ').slice(0, longestReason)
    await tx.$executeRaw`
      UPDATE letters SET status = 'bounced', answer = ${oneLine(words)},
        sent_at = coalesce(sent_at, ${now.toJSDate()}), claimed_until = NULL
      WHERE id = ${letterId}::uuid`
    // The booking is locked: what its links were no longer matters.
    if (destination !== 'elsewhere') await markUnreachable(tx, { ...letter, linkVersion: null }, now)
    return true
  })
}
