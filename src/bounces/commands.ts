import type { DateTime } from 'luxon'
import type { Db } from '../database/connect.ts'
import { markUnreachable } from '../letters/commands.ts'
import { oneLine } from '../one-line.ts'

/** Of what a mail system says, so much is kept. */
const longestReason = 1000

/**
 * Notes that a letter came back: its booking is one that letters do not reach. The booking stays as it is,
 * and so does every other letter to it, the same one sent again included. Says whether that was news.
 *
 * Safe to run any number of times: the first report about a letter is the one that counts, so a report
 * that is read again does not mark a booking whose letters staff have sent again since. Nothing comes of a
 * report about a letter that was erased, given up or never sent. One that a worker still has in hand was
 * sent: a mail server can be quicker to send it back than the worker to note that it went.
 */
export async function noteBounce (
  db: Db, letterId: string, reason: string, now: DateTime<true>
): Promise<boolean> {
  return await db.$transaction(async tx => {
    const [letter] = await tx.$queryRaw<Array<{ bookingId: string }>>`
      UPDATE letters SET status = 'bounced', answer = ${oneLine(reason.replace(/\s+/g, ' ').slice(0, longestReason))},
        sent_at = coalesce(sent_at, ${now.toJSDate()}), claimed_until = NULL
      WHERE id = ${letterId}::uuid AND (status = 'sent' OR (status = 'queued' AND attempts > 0))
      RETURNING booking_id AS "bookingId"`
    if (letter === undefined) return false
    await markUnreachable(tx, letter.bookingId, now)
    return true
  })
}
