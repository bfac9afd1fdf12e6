import type { DateTime } from 'luxon'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { officeZone } from '../../platform/clock.ts'
import { listEmailsAbout } from '../../mail/emails/handing-over.ts'
import { emailIdOf } from '../requests/email-id.ts'
import { daysAfterActivity, daysAfterEnd, daysForAgain, daysUnconfirmed } from '../../programme/entries/entry.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'

/** What the emails about where an entry stands can be about. */
export const entryEmails = [
  'confirm', 'withdrawn', 'refused', 'published', 'returned', 'cancelled', 'not-cancelled', 'change-approved', 'change-returned'
] as const
export type EntryEmail = typeof entryEmails[number]

/** The id of the email about what has happened to an entry: the same for each try, and of no other. */
export function emailOf (entryId: string, what: string): string {
  return emailIdOf(entryId, `entry ${what}`)
}

/**
 * Deletes who entered what on the day that they were told (`erasedOn`), except people under a legal hold; returns the
 * ids. The activities stay: who entered them is in no part of them.
 *
 * Rows are locked in the order of their ids before any goes, here and wherever several are changed or deleted: a DELETE
 * takes them as its plan finds them, and two plans would wait for each other.
 */
export async function forgetEntrants (db: Db, now: DateTime<true>): Promise<string[]> {
  const today = calendarDayOf(now, officeZone)
  return await db.$transaction(async tx => {
    const gone = await tx.$queryRaw<Array<{ id: string }>>`
      DELETE FROM entries WHERE id = ANY (ARRAY(
        SELECT entry.id FROM entries entry LEFT JOIN entry_forms form ON form.campaign_id = entry.campaign_id
          LEFT JOIN activities activity ON activity.id = entry.activity_id
            AND (activity.visibility = 'public' OR (activity.visibility = 'partners' AND form.visibility = 'partners'))
        WHERE CASE
          WHEN entry.confirmed_at IS NULL THEN (entry.received_at AT TIME ZONE ${officeZone})::date + ${daysUnconfirmed}::int
          WHEN entry.ended_at IS NOT NULL THEN (entry.ended_at AT TIME ZONE ${officeZone})::date + ${daysAfterEnd}::int
          ELSE coalesce(last_day_of(activity.ends_at, activity.zone), entry.ends_on)
            + CASE WHEN entry.is_kept_for_again THEN ${daysForAgain}::int ELSE ${daysAfterActivity}::int END
          END <= ${today}::date
        ORDER BY entry.id FOR UPDATE OF entry))
        AND NOT EXISTS (
          SELECT FROM legal_holds hold
          WHERE hold.canonical_email = entries.canonical_email AND hold.lifted_at IS NULL)
      RETURNING id`
    await noteGone(tx, gone.map(({ id }) => id), now)
    return gone.map(({ id }) => id)
  })
}

/**
 * Erases who an address was in all that it entered up to an instant; what became public stays. Returns the ids, and
 * those of the emails about it.
 */
export async function eraseEntries (
  tx: Tx, canonicalEmail: string, askedBy: Date, now: DateTime<true>
): Promise<{ ids: string[], emailIds: string[] }> {
  const gone = await tx.$queryRaw<Array<{ id: string }>>`
    DELETE FROM entries WHERE id = ANY (ARRAY(
      SELECT id FROM entries WHERE canonical_email = ${canonicalEmail} AND received_at <= ${askedBy}
      ORDER BY id FOR UPDATE))
    RETURNING id`
  const ids = gone.map(({ id }) => id)
  await noteGone(tx, ids, now)
  return { ids, emailIds: await listEmailsAbout(tx, ids) }
}

/** No backup brings them back. */
async function noteGone (tx: Tx, ids: readonly string[], now: DateTime<true>): Promise<void> {
  await tx.forgottenBooking.createMany({
    data: ids.map(bookingId => ({ bookingId, forgottenAt: now.toJSDate() })), skipDuplicates: true
  })
}

/** Erases again the entries that a restored backup has brought back; returns how many. */
export async function eraseEntriesAgain (db: Db): Promise<number> {
  return await db.$executeRaw`
    DELETE FROM entries WHERE id = ANY (ARRAY(
      SELECT id FROM entries JOIN forgotten_bookings gone ON gone.booking_id = id ORDER BY id FOR UPDATE OF entries))`
}

/**
 * Says of activities who runs them, where an entry knows it and they do not: those that were entered before this was
 * kept with the activity. Returns how many.
 */
export async function fillWhoRuns (db: Db): Promise<number> {
  return await db.$executeRaw`
    WITH unfilled AS (
      SELECT activity.id, entry.organisation FROM activities activity JOIN entries entry ON entry.activity_id = activity.id
      WHERE activity.run_by IS NULL AND entry.organisation <> ''
      ORDER BY activity.id FOR UPDATE OF activity)
    UPDATE activities SET run_by = unfilled.organisation
    FROM unfilled WHERE activities.id = unfilled.id`
}

/** Records that someone was emailed about their entry. */
export async function noteEntryTold (db: Db, id: string, told: string): Promise<void> {
  await db.entry.updateMany({ where: { id }, data: { told, emails: { increment: 1 } } })
}

/** Records that emails to the address of an entry are refused for good. */
export async function noteEntrantUnreachable (db: Db, id: string, now: DateTime<true>): Promise<void> {
  await db.entry.updateMany({ where: { id, unreachableAt: null }, data: { unreachableAt: now.toJSDate() } })
}
