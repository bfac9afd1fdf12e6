import type { DateTime } from 'luxon'
import { coHostedUntil, coHostingAt } from '../../identity/staff/co-hosting.ts'
import { namesOf } from '../../identity/staff/queries.ts'
import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { activityOf, withCampaign } from '../../programme/activities/queries.ts'
import type { CoHostInvitation } from './invitation.ts'

/** Someone who co-hosts an activity. */
export interface CoHost {
  id: string
  name: string
  agency: string | undefined
  since: DateTime<true>
  /** From then on they see it no more. */
  until: DateTime<true>
  isDisabled: boolean
}

/** Who co-hosts an activity at present, the first one first. */
export async function listCoHosts (db: Reader, activityId: string, now: DateTime<true>): Promise<CoHost[]> {
  const rows = await db.activityCoHost.findMany({
    where: { activityId, ...coHostingAt(now) },
    select: {
      since: true,
      until: true,
      activity: { select: { endsAt: true } },
      staffMember: { select: { id: true, name: true, disabledAt: true, agency: { select: { name: true } } } }
    },
    orderBy: [{ since: 'asc' }, { staffMemberId: 'asc' }]
  })
  return rows.map(({ since, until, activity: { endsAt }, staffMember: { id, name, disabledAt, agency } }) => {
    const [agreed, ofItsEnd] = [instant(until), coHostedUntil({ endsAt: instant(endsAt) })]
    return {
      id,
      name,
      agency: agency?.name,
      since: instant(since),
      until: agreed < ofItsEnd ? agreed : ofItsEnd,
      isDisabled: disabledAt !== null
    }
  })
}

/** The invitations to an activity that nobody has accepted and whose links still work, the first one first. */
export async function listCoHostInvitations (
  db: Reader, activityId: string, now: DateTime<true>
): Promise<CoHostInvitation[]> {
  const rows = await db.coHostInvitation.findMany({
    where: { activityId, expiresAt: { gt: now.toJSDate() } },
    include: withEmployer,
    orderBy: [{ invitedAt: 'asc' }, { id: 'asc' }]
  })
  return rows.map(coHostInvitationOf)
}

/** The invitations to someone with an address, in canonical form. */
export async function listCoHostInvitationsOf (
  db: Reader, email: string
): Promise<Array<CoHostInvitation & { activity: Activity }>> {
  const rows = await db.coHostInvitation.findMany({
    where: { email }, include: { ...withEmployer, activity: { include: withCampaign } }, orderBy: [{ invitedAt: 'asc' }, { id: 'asc' }]
  })
  return rows.map(row => ({ ...coHostInvitationOf(row), activity: activityOf(row.activity) }))
}

/** An invitation with all that its email and its page say of it. */
export interface ToldCoHostInvitation extends CoHostInvitation {
  activity: Activity
  leader: string
  inviter: string
}

/** An invitation by its id, whether or not it can still be accepted. */
export async function findCoHostInvitation (db: Reader, id: string): Promise<ToldCoHostInvitation | undefined> {
  const row = await db.coHostInvitation.findUnique({ where: { id }, include: withEmployer })
  if (row === null) return undefined
  // Not more relations of the query above: in a transaction they would be asked for at once.
  const activity = await db.activity.findUniqueOrThrow({
    where: { id: row.activityId }, include: { ...withCampaign, leadAgency: { select: { name: true } } }
  })
  return {
    ...coHostInvitationOf(row),
    activity: activityOf(activity),
    leader: activity.leadAgency?.name ?? activity.partnership ?? activity.campaign.partnership,
    inviter: (await namesOf(db, [row.invitedById])).get(row.invitedById) ?? 'An organiser'
  }
}

/** Who leads an activity, in words. */
export async function leaderOf (db: Reader, { id, campaign }: Pick<Activity, 'id' | 'campaign'>): Promise<string> {
  const { leadAgency } = await db.activity.findUniqueOrThrow({
    where: { id }, select: { leadAgency: { select: { name: true } } }
  })
  return leadAgency?.name ?? campaign.partnership
}

const withEmployer = { agency: { select: { id: true, name: true } } } satisfies Prisma.CoHostInvitationInclude

function coHostInvitationOf (
  row: Prisma.CoHostInvitationGetPayload<{ include: typeof withEmployer }>
): CoHostInvitation {
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
