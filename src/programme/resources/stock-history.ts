import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import type { Db, Reader, Tx } from '../../platform/database/connect.ts'
import { namesOf } from '../../identity/staff/queries.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'

/** Why the stock of a resource is another now. */
export type StockCause = 'added' | 'counted' | 'given-out'

export interface StockChange {
  at: DateTime<true>
  /** Who did it; undefined: nobody knows any more. */
  by: string | undefined
  cause: StockCause
  change: number
  /** How many there were then. */
  stock: number
  /** What they wrote. */
  reason: string | undefined
}

/** Notes a change of the stock, in the transaction that makes it. */
export async function noteStock (
  tx: Tx, { resourceId, cause, change, stock, reason }:
  { resourceId: string, cause: StockCause, change: number, stock: number, reason?: string },
  by: StaffMember, now: DateTime<true>
): Promise<void> {
  await tx.stockChange.create({
    data: { resourceId, at: now.toJSDate(), staffMemberId: by.id, cause, change, stock, reason: reason ?? null }
  })
}

/** The last changes of the stock of a resource, the latest first, and how many there are in all. */
export async function listStockChanges (
  db: Reader, resourceId: string, take: number
): Promise<{ changes: StockChange[], total: number }> {
  const [rows, total] = await Promise.all([
    db.stockChange.findMany({ where: { resourceId }, orderBy: { id: 'desc' }, take }),
    db.stockChange.count({ where: { resourceId } })
  ])
  const names = await namesOf(db, rows.map(({ staffMemberId }) => staffMemberId))
  const changes = rows.map(({ at, staffMemberId, cause, change, stock, reason }) => ({
    at: instant(at),
    by: names.get(staffMemberId),
    cause: cause as StockCause,
    change,
    stock,
    reason: reason ?? undefined
  }))
  return { changes, total }
}

/** Deletes what is older than `before`, and returns how much that was: it tells what someone did who works here. */
export async function forgetStockChanges (db: Db, before: DateTime<true>): Promise<number> {
  const { count } = await db.stockChange.deleteMany({ where: { at: { lt: before.toJSDate() } } })
  return count
}
