import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import { lastOfRuns, lastRunOf, standingListOf, withScope } from './queries.ts'
import type { LastRun } from './queries.ts'
import type { StandingList } from './standing-list.ts'

/** A list with whose it is. */
export interface TheirList extends StandingList {
  owner: { id: string, name: string, isDisabled: boolean }
  last: LastRun | undefined
}

/**
 * Everyone's standing lists or those of one member of staff, by name: a page of them, and how many there are. As many
 * queries for many as for one.
 */
export async function listEveryonesLists (
  db: Reader, staffMemberId: string | undefined, { skip, take }: { skip: number, take: number }
): Promise<{ lists: TheirList[], total: number }> {
  const where = staffMemberId === undefined ? {} : { staffMemberId }
  const [total, rows] = await Promise.all([
    db.standingList.count({ where }),
    db.standingList.findMany({
      where,
      include: { ...withScope, runs: lastOfRuns, staffMember: { select: { id: true, name: true, disabledAt: true } } },
      orderBy: [{ staffMember: { name: 'asc' } }, { staffMemberId: 'asc' }, { createdAt: 'asc' }, { id: 'asc' }],
      skip,
      take
    } satisfies Prisma.StandingListFindManyArgs)
  ])
  return {
    total,
    lists: rows.map(({ runs, staffMember: { id, name, disabledAt }, ...row }) => ({
      ...standingListOf(row), owner: { id, name, isDisabled: disabledAt !== null }, last: lastRunOf(runs)
    }))
  }
}
