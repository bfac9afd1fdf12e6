import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import { HoldNotFound } from './errors.ts'
import type { Hold } from './hold.ts'

const withAgency = { agency: true } satisfies Prisma.HoldInclude

/** All holds of an activity, including past ones, in the order in which they were made. */
export async function listHolds (db: Reader, activityId: string): Promise<Hold[]> {
  const rows = await db.hold.findMany({
    where: { activityId }, include: withAgency, orderBy: [{ createdAt: 'asc' }, { id: 'asc' }]
  })
  return rows.map(holdOf)
}

/** The holds of an activity with these codes, which are in canonical form; by code. */
export async function holdsByCode (
  db: Reader, activityId: string, codes: readonly string[]
): Promise<Map<string, Hold>> {
  if (codes.length === 0) return new Map()
  const rows = await db.hold.findMany({ where: { activityId, code: { in: [...codes] } }, include: withAgency })
  return new Map(rows.map(row => [row.code, holdOf(row)]))
}

export async function getHold (db: Reader, id: string): Promise<Hold> {
  const row = await db.hold.findUnique({ where: { id }, include: withAgency })
  if (row === null) throw new HoldNotFound()
  return holdOf(row)
}

function holdOf (row: Prisma.HoldGetPayload<{ include: typeof withAgency }>): Hold {
  return {
    id: row.id,
    activityId: row.activityId,
    agency: row.agency.name,
    code: row.code,
    places: row.places,
    claimed: row.claimed,
    returnsAt: instant(row.returnsAt),
    returnedAt: row.returnedAt === null ? undefined : instant(row.returnedAt)
  }
}
