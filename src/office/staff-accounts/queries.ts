import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Role } from '../../identity/staff/roles.ts'
import { StaffMemberUnknown } from '../../identity/staff/errors.ts'
import type { Member } from './member.ts'

/** A member of staff, as admins see them. */
export interface SeenMember extends Member {
  /** Undefined: they never signed in. */
  lastSeenAt: DateTime<true> | undefined
  /** Whether they also type an authenticator's code. */
  hasFactor: boolean
}

const withAgency = { agency: { select: { id: true, slug: true, name: true } } } satisfies Prisma.StaffMemberInclude

/** Only sessions that gave access: a person with a sign-in email but without the authenticator's code was never in. */
const opened = { awaitsCode: false }

/** Everyone who works here or did, by name; as many queries for many as for one. */
export async function listMembers (db: Reader): Promise<SeenMember[]> {
  const [rows, seen] = await Promise.all([
    db.staffMember.findMany({ include: withAgency, orderBy: [{ name: 'asc' }, { email: 'asc' }] }),
    db.staffSession.groupBy({ by: ['staffMemberId'], where: opened, _max: { lastSeenAt: true } })
  ])
  const lastSeen = new Map(seen.map(({ staffMemberId, _max }) => [staffMemberId, _max.lastSeenAt]))
  return rows.map(row => seenMemberOf(row, lastSeen.get(row.id)))
}

export async function findMember (db: Reader, id: string): Promise<SeenMember | undefined> {
  const [row, { _max }] = await Promise.all([
    db.staffMember.findUnique({ where: { id }, include: withAgency }),
    db.staffSession.aggregate({ where: { staffMemberId: id, ...opened }, _max: { lastSeenAt: true } })
  ])
  return row === null ? undefined : seenMemberOf(row, _max.lastSeenAt)
}

/** The id of the member of staff with an address, for commands at a terminal. Throws `StaffMemberUnknown`. */
export async function getMemberId (db: Reader, email: string): Promise<string> {
  const row = await db.staffMember.findUnique({ where: { email }, select: { id: true } })
  if (row === null) throw new StaffMemberUnknown(email)
  return row.id
}

/** The member of staff with an address. */
export async function findHolder (
  db: Reader, email: string
): Promise<{ name: string, isDisabled: boolean } | undefined> {
  const row = await db.staffMember.findUnique({ where: { email }, select: { name: true, disabledAt: true } })
  return row === null ? undefined : { name: row.name, isDisabled: row.disabledAt !== null }
}

/** A coming activity that names someone as its host. */
export interface Hosted { slug: string, title: string, startsAt: DateTime<true>, zone: string }

/** Coming activities that someone hosts, the next first: the first few, and how many in all. */
export async function listHosted (
  db: Reader, staffMemberId: string, take: number, now: DateTime<true>
): Promise<{ hosted: Hosted[], total: number }> {
  const where = {
    hosts: { some: { staffMemberId } }, status: { not: 'cancelled' }, endsAt: { gt: now.toJSDate() }
  } satisfies Prisma.ActivityWhereInput
  const [rows, total] = await Promise.all([
    db.activity.findMany({
      where,
      select: { slug: true, title: true, startsAt: true, zone: true },
      orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
      take
    }),
    db.activity.count({ where })
  ])
  return { hosted: rows.map(row => ({ ...row, startsAt: instant(row.startsAt) })), total }
}

/** How many lists of attendees are sent to someone regularly; none is while they are disabled. */
export async function countStandingLists (db: Reader, staffMemberId: string): Promise<number> {
  return await db.standingList.count({ where: { staffMemberId, stoppedAt: null } })
}

type MemberRow = Prisma.StaffMemberGetPayload<{ include: typeof withAgency }>

function seenMemberOf (
  { id, name, email, role, agency, disabledAt, factorSince }: MemberRow, lastSeenAt: Date | null | undefined
): SeenMember {
  return {
    id,
    name,
    email,
    role: role as Role,
    agency: agency ?? undefined,
    disabledAt: disabledAt === null ? undefined : instant(disabledAt),
    lastSeenAt: lastSeenAt == null ? undefined : instant(lastSeenAt),
    hasFactor: factorSince !== null
  }
}
