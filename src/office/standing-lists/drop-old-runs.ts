import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'

/** For how many months the occasions are kept on which someone's list was sent; links in older emails lead nowhere. */
export const monthsOfRuns = 12

/** Deletes what was due longer ago, and returns how many there were. No list looks back further than two weeks. */
export async function dropOldRuns (db: Db, now: DateTime<true>): Promise<number> {
  const { count } = await db.standingListRun.deleteMany({
    where: { dueAt: { lt: now.minus({ months: monthsOfRuns }).toJSDate() } }
  })
  return count
}
