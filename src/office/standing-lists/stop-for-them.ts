import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'
import { record } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { whoInOneLine } from '../exports/in-words.ts'
import { StandingListNotFound } from './errors.ts'
import { aboutInWords } from './in-words.ts'
import { lockStandingLists, standingListOf, withScope } from './queries.ts'
import type { Stopping } from './standing-list.ts'

/**
 * Stops a list of someone else's: what is due already is not sent. Their page says so, and they can have it sent again.
 * Stopping twice is stopping once. Throws `StandingListNotFound`.
 */
export async function stopForThem (db: Db, by: StaffMember, id: string, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    await lockStandingLists(tx, [id])
    const row = await tx.standingList.findUnique({ where: { id }, include: withScope })
    if (row === null) throw new StandingListNotFound()
    if (row.stoppedAt !== null) return
    const stoppedBecause: Stopping = row.staffMemberId === by.id ? 'owner' : 'admin'
    await tx.standingList.update({ where: { id }, data: { stoppedAt: now.toJSDate(), stoppedBecause, nextAt: null } })
    const list = standingListOf(row)
    await record(tx, {
      staffMemberId: by.id,
      action: 'standing-list.stopped',
      subject: id,
      details: { about: aboutInWords(list), who: whoInOneLine(list.filter), of: row.staffMemberId }
    }, now)
  })
}
