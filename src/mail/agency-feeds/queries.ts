import type { DateTime } from 'luxon'
import { hashOf } from '../../identity/staff/token.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { instant, calendarDay } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'

/** A feed, without its address, which nobody can read any more. Days as `2026-12-01`. */
export interface AgencyFeed {
  id: string
  /** Whose calendar it is in. */
  name: string
  /** Undefined: the partnership's own people. */
  agency: { id: string, name: string } | undefined
  madeAt: DateTime<true>
  lastFetchedOn: string | undefined
}

const withAgency = { agency: { select: { id: true, name: true } } } satisfies Prisma.AgencyFeedInclude

function feedOf (row: Prisma.AgencyFeedGetPayload<{ include: typeof withAgency }>): AgencyFeed {
  return {
    id: row.id,
    name: row.name,
    agency: row.agency ?? undefined,
    madeAt: instant(row.madeAt),
    lastFetchedOn: calendarDay(row.lastFetchedOn)
  }
}

/** Those that someone may make and end: of their agency, or all for the partnership's own people. */
function ruledBy ({ role, agencyId }: StaffMember): Prisma.AgencyFeedWhereInput {
  return role === 'admin' || agencyId === undefined ? {} : { agencyId }
}

/** The feeds that someone may end, those of the partnership first. */
export async function listFeeds (db: Reader, staff: StaffMember): Promise<AgencyFeed[]> {
  const rows = await db.agencyFeed.findMany({
    where: ruledBy(staff),
    include: withAgency,
    orderBy: [{ agency: { name: 'asc' } }, { name: 'asc' }, { id: 'asc' }]
  })
  return rows.map(feedOf)
}

/** Finds a feed that someone may end. */
export async function findFeedOf (db: Reader, staff: StaffMember, id: string): Promise<AgencyFeed | undefined> {
  const row = await db.agencyFeed.findFirst({ where: { AND: [ruledBy(staff)], id }, include: withAgency })
  return row === null ? undefined : feedOf(row)
}

/** Finds the feed whose address has this token. */
export async function findFeedByToken (db: Reader, token: string): Promise<AgencyFeed | undefined> {
  const row = await db.agencyFeed.findUnique({ where: { tokenHash: hashOf(token) }, include: withAgency })
  return row === null ? undefined : feedOf(row)
}
