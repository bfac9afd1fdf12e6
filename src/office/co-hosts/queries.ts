import type { DateTime } from 'luxon'
import { coHostingAt, daysOfCoHosting } from '../../identity/staff/co-hosting.ts'
import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { activityOf, withCampaign } from '../../programme/activities/queries.ts'
import type { Invitation } from './invitation.ts'

/** Someone who co-hosts an activity. */
export interface CoHost {
  id: string
  name: string
  agency: string | undefined
  since: DateTime<true>
  isDisabled: boolean
}

/** Who co-hosts an activity at present, the first one first. */
export async function listCoHosts (db: Reader, activityId: string, now: DateTime<true>): Promise<CoHost[]> {
  const rows = await db.activityCoHost.findMany({
    where: { activityId, ...coHostingAt(now) },
    select: {
      since: true,
      staffMember: { select: { id: true, name: true, disabledAt: true, agency: { select: { name: true } } } }
    },
    orderBy: [{ since: 'asc' }, { staffMemberId: 'asc' }]
  })
  return rows.map(({ since, staffMember: { id, name, disabledAt, agency } }) => ({
    id, name, agency: agency?.name, since: instant(since), isDisabled: disabledAt !== null
  }))
}

/** When the co-hosts of an activity see it for the last time. */
export function coHostedUntil ({ endsAt }: Pick<Activity, 'endsAt'>): DateTime<true> {
  return endsAt.plus({ days: daysOfCoHosting })
}

/** The invitations to an activity that nobody has accepted and whose links still work, the first one first. */
export async function listInvitations (db: Reader, activityId: string, now: DateTime<true>): Promise<Invitation[]> {
  const rows = await db.coHostInvitation.findMany({
    where: { activityId, expiresAt: { gt: now.toJSDate() } },
    include: withEmployer,
    orderBy: [{ invitedAt: 'asc' }, { id: 'asc' }]
  })
  return rows.map(invitationOf)
}

/** The invitations to someone with an address, in canonical form. */
export async function listInvitationsOf (
  db: Reader, email: string
): Promise<Array<Invitation & { activity: Activity }>> {
  const rows = await db.coHostInvitation.findMany({
    where: { email }, include: { ...withEmployer, activity: { include: withCampaign } }, orderBy: [{ invitedAt: 'asc' }, { id: 'asc' }]
  })
  return rows.map(row => ({ ...invitationOf(row), activity: activityOf(row.activity) }))
}

/** An invitation with all that its email and its page say of it. */
export interface ToldInvitation extends Invitation {
  activity: Activity
  leader: string
  inviter: string
}

/** An invitation by its id, whether or not it can still be accepted. */
export async function findInvitation (db: Reader, id: string): Promise<ToldInvitation | undefined> {
  const row = await db.coHostInvitation.findUnique({ where: { id }, include: withEmployer })
  if (row === null) return undefined
  // Not more relations of the query above: in a transaction they would be asked for at once.
  const activity = await db.activity.findUniqueOrThrow({
    where: { id: row.activityId }, include: { ...withCampaign, leadAgency: { select: { name: true } } }
  })
  return {
    ...invitationOf(row),
    activity: activityOf(activity),
    leader: activity.leadAgency?.name ?? activity.campaign.partnership,
    inviter: await nameOf(db, row.invitedById)
  }
}

/** The name of a member of staff. */
async function nameOf (db: Reader, id: string): Promise<string> {
  const row = await db.staffMember.findUnique({ where: { id }, select: { name: true } })
  return row?.name ?? 'An organiser'
}

/** Who leads an activity, in words. */
export async function leaderOf (db: Reader, { id, campaign }: Pick<Activity, 'id' | 'campaign'>): Promise<string> {
  const { leadAgency } = await db.activity.findUniqueOrThrow({
    where: { id }, select: { leadAgency: { select: { name: true } } }
  })
  return leadAgency?.name ?? campaign.partnership
}

const withEmployer = { agency: { select: { id: true, name: true } } } satisfies Prisma.CoHostInvitationInclude

function invitationOf (row: Prisma.CoHostInvitationGetPayload<{ include: typeof withEmployer }>): Invitation {
  const { id, activityId, name, email, agency, agencyName, invitedById, invitedAt, expiresAt, refusedAt } = row
  return {
    id,
    activityId,
    name,
    email,
    employer: agency ?? { id: undefined, name: agencyName },
    invitedById,
    invitedAt: instant(invitedAt),
    expiresAt: instant(expiresAt),
    isRefused: refusedAt !== null
  }
}
