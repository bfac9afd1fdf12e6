import { DateTime } from 'luxon'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Activity, Kind, Visibility } from '../../programme/activities/activity.ts'
import { within } from '../../programme/activities/known-activities.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { isLong } from '../../programme/activities/page.ts'
import { placeOf, placeShownTo } from '../../programme/activities/place.ts'
import { clashesOf } from './clash.ts'
import type { Clash } from './clash.ts'
import { peopleOf } from './people.ts'
import type { PlannedActivity } from './planned-activity.ts'
import { venueOf } from './venue.ts'

const withWhoIsNeeded = {
  id: true,
  campaignId: true,
  slug: true,
  title: true,
  kind: true,
  startsAt: true,
  endsAt: true,
  allDay: true,
  zone: true,
  isOnline: true,
  venue: true,
  hasSecretPlace: true,
  district: true,
  audiences: true,
  visibility: true,
  booking: true,
  leadAgencyId: true,
  runBy: true,
  hosts: { select: { staffMember: { select: { id: true, name: true } } } },
  plan: { select: { ownerName: true, staffing: true, owner: { select: { id: true, name: true } } } }
} satisfies Prisma.ActivitySelect

/** From when until when something is asked about. */
interface During { from: DateTime<true>, until: DateTime<true> }

/** The activities of a campaign of which a member of staff may know, and which are not cancelled. */
export async function listPlanned (db: Reader, staff: StaffMember, campaignId: string): Promise<PlannedActivity[]> {
  return await listWhere(db, staff, { campaignId })
}

/**
 * Those that are on at some time of a period, of all campaigns: a hall is taken and a person away whoever planned it.
 * `besides` leaves out a campaign that was read already.
 */
export async function listPlannedDuring (
  db: Reader, staff: StaffMember, { from, until }: During, besides?: string
): Promise<PlannedActivity[]> {
  return await listWhere(db, staff, {
    startsAt: { lt: until.toJSDate() },
    endsAt: { gt: from.toJSDate() },
    ...besides !== undefined && { campaignId: { not: besides } }
  })
}

async function listWhere (
  db: Reader, staff: StaffMember, where: Prisma.ActivityWhereInput
): Promise<PlannedActivity[]> {
  const known = within(staff, 'see activities')
  const [rows, campaigns] = await Promise.all([
    db.activity.findMany({ where: { AND: [known], ...where, status: { not: 'cancelled' } }, select: withWhoIsNeeded }),
    db.campaign.findMany({
      where: { activities: { some: known } }, select: { id: true, title: true, districts: true }, orderBy: { id: 'asc' }
    })
  ])
  // Two campaigns write one venue with the district and without: what is a district in one is none in the other.
  const districts = [...new Set(campaigns.flatMap(campaign => campaign.districts))]
  const byId = new Map(campaigns.map(({ id, title }) => [id, { id, title }]))
  return rows.flatMap(row => {
    const campaign = byId.get(row.campaignId)
    return campaign === undefined ? [] : [plannedOf(row, campaign, districts, staff)]
  })
}

/** From now until the last of these activities ends, posters and others that last for days apart; undefined: none. */
export function spanToCome (planned: readonly PlannedActivity[], now: DateTime<true>): During | undefined {
  const ends = planned.filter(one => !isLong(one) && one.endsAt > now)
  if (ends.length === 0) return undefined
  const first = DateTime.min(...ends.map(({ startsAt }) => startsAt)) as DateTime<true>
  return { from: first < now ? now : first, until: DateTime.max(...ends.map(({ endsAt }) => endsAt)) as DateTime<true> }
}

type Row = Prisma.ActivityGetPayload<{ select: typeof withWhoIsNeeded }>

function plannedOf (
  { hosts, plan, leadAgencyId, runBy, campaignId: _, ...row }: Row,
  campaign: PlannedActivity['campaign'], districts: readonly string[], staff: StaffMember
): PlannedActivity {
  const [leader, district] = [leadAgencyId ?? undefined, row.district ?? undefined]
  const hostIds = hosts.map(({ staffMember }) => staffMember.id)
  const { venue, untold } = placeShownTo({ staff }, { id: row.id, leadAgencyId: leader, hostIds, ...placeOf(row) })
  return {
    ...row,
    campaign,
    kind: row.kind as Kind,
    visibility: row.visibility as Visibility,
    booking: row.booking as Activity['booking'],
    startsAt: instant(row.startsAt),
    endsAt: instant(row.endsAt),
    venue,
    untold,
    district,
    place: venueOf(venue, district, districts),
    people: peopleOf({
      leadAgencyId: leader,
      runBy: runBy ?? undefined,
      hosts: hosts.map(({ staffMember }) => staffMember),
      owner: plan?.owner ?? undefined,
      ownerName: plan?.ownerName ?? '',
      staffing: plan?.staffing ?? ''
    })
  }
}

/** The clashes of those activities that are asked about that somebody can still do something about. */
export function clashesToCome (
  planned: readonly PlannedActivity[], now: DateTime<true>, isAsked: (one: PlannedActivity) => boolean
): Array<Clash<PlannedActivity>> {
  return clashesOf(planned.filter(({ endsAt }) => endsAt > now), isAsked)
}

/** What an activity clashes with, of what a member of staff may know. */
export async function listClashesOf (
  db: Reader, staff: StaffMember, { id, startsAt, endsAt }: KnownActivity, now: DateTime<true>
): Promise<Array<Clash<PlannedActivity>>> {
  if (endsAt <= now) return []
  return clashesToCome(await listPlannedDuring(db, staff, { from: startsAt, until: endsAt }), now, one => one.id === id)
}

/** Who a campaign has something to say to, apart from everyone; empty if it has not said so. */
export async function listAudiencesOf (db: Reader, campaignId: string): Promise<string[]> {
  const rows = await db.keyMessage.findMany({
    where: { campaignId, audience: { not: 'everyone' } }, select: { audience: true }, distinct: ['audience']
  })
  return rows.map(({ audience }) => audience)
}
