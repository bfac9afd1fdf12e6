import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { coHostedFor, scopeOf } from '../../identity/staff/roles.ts'
import type { Permission } from '../../identity/staff/roles.ts'
import type { Activity } from './activity.ts'
import { changeToApprove, draftToApprove } from './approval.ts'
import type { Dimension, Headcount, Numbers } from './headcount.ts'
import { placeShownTo } from './place.ts'
import { offered, withCampaign } from './queries.ts'
import type { OfferedActivity } from './queries.ts'

/** An activity as staff see it. */
export interface KnownActivity extends OfferedActivity {
  leadAgencyId: string | undefined
  /** Ids of the members of staff who host it. */
  hostIds: string[]
  /** Whether another date of it was made. */
  hasOtherDate: boolean
  /** Numbers of its erased bookings; undefined if there are none. */
  forgotten: Numbers | undefined
}

export const withWhatStaffSee = {
  ...withCampaign,
  occupancy: true,
  leadAgency: true,
  hosts: { select: { staffMemberId: true } },
  headcounts: { where: { dimension: 'total' }, omit: { activityId: true, dimension: true, value: true } },
  // Not counted: that would group all activities there are.
  otherDates: { select: { id: true }, take: 1 }
} satisfies Prisma.ActivityInclude

/** An activity as one member of staff may read it. */
export function knownActivityOf (
  row: Prisma.ActivityGetPayload<{ include: typeof withWhatStaffSee }>, staff: StaffMember
): KnownActivity {
  return placeShownTo({ staff }, {
    ...offered(row),
    leadAgencyId: row.leadAgencyId ?? undefined,
    hostIds: row.hosts.map(({ staffMemberId }) => staffMemberId),
    hasOtherDate: row.otherDates.length > 0,
    forgotten: row.headcounts[0]
  })
}

/**
 * Filter for the activities to which a member of staff may do something. As for strangers, no query has a filter of its
 * own. How far a role reaches says the table of roles; how far an activity lets itself be known, its visibility:
 *
 * - `operational`: only to those named for it, and to admins, who could name themselves;
 * - `agency`: to the partnership's own people, and to those of the agencies that lead it or take part;
 * - `partners` and `public`: also to people of every other agency, once it is no draft any more.
 *
 * Those who host an activity count as named, and so do its co-hosts, whatever their agency.
 */
export function within (staff: StaffMember, permission: Permission): Prisma.ActivityWhereInput {
  const coHosted = coHostedFor(staff, permission)
  const byRole = withinRole(staff, permission)
  const addsNone = coHosted.length === 0 || scopeOf(staff, permission) === 'all'
  return addsNone ? byRole : { OR: [byRole, { id: { in: [...coHosted] } }] }
}

function withinRole (staff: StaffMember, permission: Permission): Prisma.ActivityWhereInput {
  const { id, agencyId } = staff
  const named = namedFor(id)
  const notHidden = { visibility: { not: 'operational' } }
  switch (scopeOf(staff, permission)) {
    case 'all': return {}
    case 'known': {
      const known = agencyId === undefined ? {} : { OR: [...knownToAgency(agencyId), toApproveFor(id)] }
      return { OR: [named, { AND: [notHidden, known] }] }
    }
    case 'led': return { AND: [{ OR: [named, notHidden] }, agencyId === undefined ? {} : { leadAgencyId: agencyId }] }
    case 'hosted': return { hosts: { some: { staffMemberId: id } } }
    case 'partnership':
    case 'none': return { id: { in: [] } }
  }
}

/**
 * The activities that end after `from` and of which all people of an agency may know, or all of the partnership's own
 * without one, soonest first. Operational work is not among them, whoever is named for it: this is for calendars, which
 * people pass on. Nor are the drafts of people without an account: until they are approved, anyone may have written
 * them.
 */
export async function listKnownToPeopleOf (
  db: Reader, agencyId: string | undefined, { from, limit }: { from: DateTime<true>, limit: number }
): Promise<OfferedActivity[]> {
  const rows = await db.activity.findMany({
    where: {
      AND: [agencyId === undefined ? {} : { OR: knownToAgency(agencyId) }],
      NOT: enteredDraft,
      visibility: { not: 'operational' },
      endsAt: { gt: from.toJSDate() }
    },
    include: { ...withCampaign, occupancy: true, leadAgency: true },
    orderBy: [{ startsAt: 'asc' }, { title: 'asc' }, { slug: 'asc' }],
    take: limit
  })
  return rows.map(offered)
}

/**
 * A draft of someone without an account. Where they had themselves erased, it has no entry any more; but nobody else
 * asks for what no agency leads.
 */
const enteredDraft = {
  status: 'draft', OR: [{ entry: { isNot: null } }, { leadAgencyId: null, approvalRequest: { isNot: null } }]
} satisfies Prisma.ActivityWhereInput

/** What people of an agency know of, operational work apart. */
function knownToAgency (agencyId: string): Prisma.ActivityWhereInput[] {
  return [...ofAgency(agencyId), { visibility: { in: ['partners', 'public'] }, status: { not: 'draft' } }]
}

/** What waits for a coordinator: they read other agencies' work that is to become public. */
function toApproveFor (staffMemberId: string): Prisma.ActivityWhereInput {
  return { OR: [draftToApprove, changeToApprove], campaign: { coordinators: { some: { staffMemberId } } } }
}

function ofAgency (agencyId: string) {
  return [{ leadAgencyId: agencyId }, { partners: { some: { agencyId } } }] satisfies Prisma.ActivityWhereInput[]
}

function namedFor (staffMemberId: string) {
  const named = { some: { staffMemberId } }
  return { OR: [{ namedPeople: named }, { hosts: named }] } satisfies Prisma.ActivityWhereInput
}

/** Those of the known activities that are someone's own: for an agency's people not what only others do. */
export function ownOf ({ id, agencyId, coHostOf = [] }: StaffMember): Prisma.ActivityWhereInput {
  return agencyId === undefined ? {} : { OR: [...ofAgency(agencyId), namedFor(id), { id: { in: [...coHostOf] } }] }
}

/** Filter for the activities that a member of staff may know of. */
export function knownTo (staff: StaffMember): Prisma.ActivityWhereInput {
  return within(staff, 'see activities')
}

/** Finds an activity that a member of staff may know of. */
export async function findActivityKnownTo (
  db: Reader, member: StaffMember, slug: string
): Promise<KnownActivity | undefined> {
  const row = await db.activity.findFirst({ where: { slug, ...knownTo(member) }, include: withWhatStaffSee })
  return row === null ? undefined : knownActivityOf(row, member)
}

/** Maximum number of dates to choose from. */
const maxDates = 100

/** The coming dates of a campaign that take bookings and that a member of staff runs, soonest first. */
export async function listDatesToCome (
  db: Reader, member: StaffMember, campaignId: string, now: DateTime<true>
): Promise<KnownActivity[]> {
  const rows = await db.activity.findMany({
    where: {
      AND: [within(member, 'run activities')],
      campaignId,
      status: 'published',
      booking: 'places',
      startsAt: { gt: now.toJSDate() }
    },
    include: withWhatStaffSee,
    orderBy: [{ startsAt: 'asc' }, { slug: 'asc' }],
    take: maxDates
  })
  return rows.map(row => knownActivityOf(row, member))
}

/** Another date of an activity, or the first date of this one. */
export interface OtherDate extends Pick<Activity, 'slug' | 'startsAt' | 'endsAt' | 'allDay' | 'zone'> {
  isFirst: boolean
}

/**
 * The other dates of an activity that a member of staff may know of: the one it was made from, then those made from it.
 */
export async function listOtherDates (db: Reader, member: StaffMember, { id }: Activity): Promise<OtherDate[]> {
  const rows = await db.activity.findMany({
    where: { AND: [knownTo(member), { OR: [{ otherDates: { some: { id } } }, { anotherDateOfId: id }] }] },
    select: { slug: true, startsAt: true, endsAt: true, allDay: true, zone: true, anotherDateOfId: true },
    orderBy: { startsAt: 'asc' }
  })
  const dates = rows.map(({ anotherDateOfId, startsAt, endsAt, ...row }) => ({
    ...row, startsAt: instant(startsAt), endsAt: instant(endsAt), isFirst: anotherDateOfId !== id
  }))
  return [...dates.filter(({ isFirst }) => isFirst), ...dates.filter(({ isFirst }) => !isFirst)]
}

/** Numbers of an activity's erased bookings: within each dimension, the largest first. */
export async function listHeadcounts (db: Reader, activityId: string): Promise<Headcount[]> {
  const rows = await db.headcount.findMany({
    where: { activityId }, omit: { activityId: true }, orderBy: [{ booked: 'desc' }, { waited: 'desc' }, { value: 'asc' }]
  })
  return rows.map(row => ({ ...row, dimension: row.dimension as Dimension }))
}
