import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'

/**
 * Number of months for which the audit trail is kept: long enough to look into a complaint or a breach that comes to
 * light late. Until then the database lets nobody delete an entry.
 */
export const monthsOfTrail = 24

/**
 * Deletes what staff did longer ago, and returns how many entries that were. What is about something under a legal hold
 * stays, and so does the record of the hold itself.
 */
export async function forgetEntries (db: Db, now: DateTime<true>): Promise<number> {
  return await db.$executeRaw`
    DELETE FROM audit_entries WHERE at < ${now.minus({ months: monthsOfTrail }).toJSDate()}
      AND NOT EXISTS (
        SELECT FROM legal_holds hold
          LEFT JOIN activities a ON a.id = hold.activity_id
          LEFT JOIN bookings b ON b.activity_id = hold.activity_id OR b.canonical_email = hold.canonical_email
          LEFT JOIN requests r ON r.canonical_email = hold.canonical_email
        WHERE hold.lifted_at IS NULL AND subject IN (hold.id::text, a.slug, b.id::text, r.id::text))`
}
