import type { DateTime } from 'luxon'
import { recordAll } from '../../identity/staff/audit.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Db, Reader, Tx } from '../../platform/database/connect.ts'
import { HostUnknown, NobodyNamed } from './errors.ts'
import { hostChanges, nameableBy } from './hosts.ts'
import type { Candidate, HostsRequest } from './hosts.ts'
import { lockActivity } from './queries.ts'

/**
 * True for someone whose role lets them know of activities by being named. A host's does not: they know of what they
 * host, and an admin knows of everything.
 */
export function isNamedToKnow ({ role }: Pick<Candidate, 'role'>): boolean {
  return role !== 'host' && role !== 'admin'
}

/** Ids of those who are named for an activity. */
export async function listNamed (db: Reader, activityId: string): Promise<string[]> {
  const rows = await db.namedPerson.findMany({ where: { activityId } })
  return rows.map(({ staffMemberId }) => staffMemberId)
}

/** Names of those who are named for an activity. */
export async function getNamesOfNamed (db: Reader, activityId: string): Promise<string[]> {
  const rows = await db.namedPerson.findMany({
    where: { activityId }, select: { staffMember: { select: { name: true } } }, orderBy: { staffMember: { name: 'asc' } }
  })
  return rows.map(({ staffMember }) => staffMember.name)
}

/** Names someone for activities, for what they make or hide themselves: they go on knowing of it. */
export async function keepKnowing (tx: Tx, activityIds: readonly string[], { id }: StaffMember): Promise<void> {
  await tx.namedPerson.createMany({
    data: activityIds.map(activityId => ({ activityId, staffMemberId: id })), skipDuplicates: true
  })
}

/** Names for activities everyone who is named for another. */
export async function copyNamed (tx: Tx, activityIds: readonly string[], from: string): Promise<void> {
  const named = await listNamed(tx, from)
  await tx.namedPerson.createMany({
    data: activityIds.flatMap(activityId => named.map(staffMemberId => ({ activityId, staffMemberId }))),
    skipDuplicates: true
  })
}

/**
 * Names who may know of an activity, as `hostChanges` has it. Says whether anything was changed. Throws `HostUnknown`,
 * and `NobodyNamed` where operational work would be left to admins alone.
 */
export async function namePeople (
  db: Db, activityId: string, request: HostsRequest, by: StaffMember, now: DateTime<true>
): Promise<boolean> {
  return await db.$transaction(async tx => {
    const { slug, visibility } = await lockActivity(tx, activityId)
    const current = await listNamed(tx, activityId)
    const { added, removed } = hostChanges(current, request)
    const known = await tx.staffMember.count({ where: { AND: [nameableBy(by, activityId)], id: { in: added } } })
    if (known < added.length) throw new HostUnknown()
    const left = current.length + added.length - removed.length
    if (visibility === 'operational' && removed.length > 0 && left === 0) throw new NobodyNamed()

    await tx.namedPerson.createMany({ data: added.map(staffMemberId => ({ activityId, staffMemberId })) })
    await tx.namedPerson.deleteMany({ where: { activityId, staffMemberId: { in: removed } } })
    const deed = { staffMemberId: by.id, action: 'named-people.changed' as const, subject: slug }
    await recordAll(tx, [
      ...added.map(added => ({ ...deed, details: { added } })),
      ...removed.map(removed => ({ ...deed, details: { removed } }))
    ], now)
    return added.length + removed.length > 0
  })
}
