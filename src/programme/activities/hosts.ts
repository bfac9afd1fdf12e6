import type { Role } from '../../identity/staff/roles.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'

/** The hosts that an activity is to have, and those that the form showed. */
export interface HostsRequest {
  shown: readonly string[]
  wanted: readonly string[]
}

/**
 * Returns who to add to the hosts that an activity has now, and who to remove. Only what differs from what was shown
 * is changed: of two organisers who name hosts at once, neither undoes what the other did.
 */
export function hostChanges (
  current: readonly string[], { shown, wanted }: HostsRequest
): { added: string[], removed: string[] } {
  return {
    added: [...new Set(wanted)].filter(id => !shown.includes(id) && !current.includes(id)),
    removed: [...new Set(shown)].filter(id => !wanted.includes(id) && current.includes(id))
  }
}

/** Someone who can host an activity. */
export interface Candidate {
  id: string
  name: string
  role: Role
  agencyId: string | undefined
  agency: string | undefined
}

/**
 * The people that a member of staff can name for an activity. Staff of an agency see from other agencies only
 * people of those that take part in it, its current hosts and those who may know of it.
 */
export function nameableBy ({ agencyId }: StaffMember, activityId: string): Prisma.StaffMemberWhereInput {
  if (agencyId === undefined) return { disabledAt: null }
  return {
    disabledAt: null,
    OR: [
      { agencyId: null },
      { agencyId },
      { agency: { partners: { some: { activityId } } } },
      { hosting: { some: { activityId } } },
      { namedFor: { some: { activityId } } }
    ]
  }
}

/** Everyone that a member of staff can name as a host of an activity, by name. */
export async function listCandidates (db: Reader, by: StaffMember, activityId: string): Promise<Candidate[]> {
  const rows = await db.staffMember.findMany({
    where: nameableBy(by, activityId),
    select: { id: true, name: true, role: true, agencyId: true, agency: { select: { name: true } } },
    orderBy: [{ name: 'asc' }, { id: 'asc' }]
  })
  return rows.map(({ agency, ...row }) => ({
    ...row, role: row.role as Role, agencyId: row.agencyId ?? undefined, agency: agency?.name
  }))
}

/** Names of an activity's hosts. */
export async function getHostNames (db: Reader, activityId: string): Promise<string[]> {
  const rows = await db.activityHost.findMany({
    where: { activityId }, select: { staffMember: { select: { name: true } } }, orderBy: { staffMember: { name: 'asc' } }
  })
  return rows.map(({ staffMember }) => staffMember.name)
}
