import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'
import { markUnreachable } from '../emails/unreachable.ts'
import { oneLine } from '../../platform/one-line.ts'
import { destinationOf, reasonInWords } from './destination.ts'
import type { Sent } from './destination.ts'
import type { Bounce } from './report.ts'

/** Maximum number of characters kept of what a mail system says. */
const longestReason = 1000

/** An email that can have come back. */
interface SentEmail extends Sent { bookingId: string }

/**
 * Records that an email came back: emails do not reach its booking. Also where the email was forwarded and lost there,
 * but not where it went to an address that is no longer the booking's. The booking stays as it is, and so do all other
 * emails to it, later copies of this one included. Returns whether that was news.
 *
 * Safe to run any number of times: only the first report about an email counts, so a report that is read again does not
 * mark a booking to which staff have sent emails again since. Nothing happens for a report about an email that was
 * erased, given up or never sent. An email that a worker still has in hand counts as sent: a mail server can send it
 * back before the worker has recorded that it went.
 */
export async function noteBounce (
  db: Db, { emailId, reason, recipients }: Bounce, now: DateTime<true>
): Promise<boolean> {
  return await db.$transaction(async tx => {
    const [email] = await tx.$queryRaw<SentEmail[]>`
      SELECT booking_id AS "bookingId", canonical_email AS "canonicalEmail",
        coalesce(letter.link_version < booking.link_version, false) AS "hasOldLinks"
      FROM letters letter JOIN bookings booking ON booking.id = booking_id
      WHERE letter.id = ${emailId}::uuid AND (letter.status = 'sent' OR (letter.status = 'queued' AND attempts > 0))
      FOR NO KEY UPDATE`
    if (email === undefined) return false
    const destination = destinationOf(recipients, email)
    const words = reasonInWords(destination, recipients, reason).replace(/\s+/g, ' ').slice(0, longestReason)
    await tx.$executeRaw`
      UPDATE letters SET status = 'bounced', answer = ${oneLine(words)},
        sent_at = coalesce(sent_at, ${now.toJSDate()}), claimed_until = NULL
      WHERE id = ${emailId}::uuid`
    // The booking is locked, so it no longer matters what its links were.
    if (destination !== 'elsewhere') await markUnreachable(tx, { ...email, linkVersion: null }, now)
    return true
  })
}
