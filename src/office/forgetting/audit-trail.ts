import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'

/**
 * Number of months for which the audit trail is kept: long enough to look into a complaint or a breach that comes to
 * light late. Until then the database lets nobody delete an entry.
 */
export const monthsOfTrail = 24

/**
 * Deletes what staff did longer ago, and returns how many entries that were. What is about something under a legal hold
 * stays, and so does the record of the hold itself. The database does it, in the name of the trail's owner: whoever
 * serves may not.
 */
export async function forgetEntries (db: Db, now: DateTime<true>): Promise<number> {
  const [{ forgotten } = { forgotten: 0n }] = await db.$queryRaw<Array<{ forgotten: bigint }>>`
    SELECT forget_entries(${now.minus({ months: monthsOfTrail }).toJSDate()}) AS forgotten`
  return Number(forgotten)
}
