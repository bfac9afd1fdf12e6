import type { DateTime } from 'luxon'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Activity, Kind, Visibility } from '../../programme/activities/activity.ts'
import { within } from '../../programme/activities/known-activities.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { placeOf, placeShownTo } from '../../programme/activities/place.ts'
import { clashesOf } from './clash.ts'
import type { Clash } from './clash.ts'
import { peopleOf } from './people.ts'
import type { PlannedActivity } from './planned-activity.ts'
import { venueOf } from './venue.ts'

const withWhoIsNeeded = {
  id: true,
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
  hosts: { select: { staffMember: { select: { id: true, name: true } } } },
  plan: { select: { ownerName: true, staffing: true, owner: { select: { id: true, name: true } } } }
} satisfies Prisma.ActivitySelect

interface OfCampaign { id: string, districts: readonly string[] }

/**
 * The activities of a campaign of which a member of staff may know, and which are not cancelled: all, or those that are
 * on in a period. What they may not know of is not even read, so no clash with it can show, nor how many there are.
 */
export async function listPlanned (
  db: Reader, staff: StaffMember, { id: campaignId, districts }: OfCampaign,
  during?: { from: DateTime<true>, until: DateTime<true> }
): Promise<PlannedActivity[]> {
  const rows = await db.activity.findMany({
    where: {
      AND: [within(staff, 'see activities')],
      campaignId,
      status: { not: 'cancelled' },
      ...during && { startsAt: { lt: during.until.toJSDate() }, endsAt: { gt: during.from.toJSDate() } }
    },
    select: withWhoIsNeeded
  })
  return rows.map(row => plannedOf(row, districts, staff))
}

function plannedOf (
  { hosts, plan, leadAgencyId, ...row }: Prisma.ActivityGetPayload<{ select: typeof withWhoIsNeeded }>,
  districts: readonly string[], staff: StaffMember
): PlannedActivity {
  const [leader, district] = [leadAgencyId ?? undefined, row.district ?? undefined]
  const hostIds = hosts.map(({ staffMember }) => staffMember.id)
  const { venue, untold } = placeShownTo({ staff }, { id: row.id, leadAgencyId: leader, hostIds, ...placeOf(row) })
  return {
    ...row,
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
      hosts: hosts.map(({ staffMember }) => staffMember),
      owner: plan?.owner ?? undefined,
      ownerName: plan?.ownerName ?? '',
      staffing: plan?.staffing ?? ''
    })
  }
}

/** The clashes between these activities that somebody can still do something about. */
export function clashesToCome (
  planned: readonly PlannedActivity[], now: DateTime<true>
): Array<Clash<PlannedActivity>> {
  return clashesOf(planned.filter(({ endsAt }) => endsAt > now))
}

/** What an activity clashes with, of what a member of staff may know. */
export async function listClashesOf (
  db: Reader, staff: StaffMember, { id, campaign, startsAt, endsAt }: KnownActivity, now: DateTime<true>
): Promise<Array<Clash<PlannedActivity>>> {
  if (endsAt <= now) return []
  const planned = await listPlanned(db, staff, campaign, { from: startsAt, until: endsAt })
  return clashesToCome(planned, now).filter(({ one, other }) => one.id === id || other.id === id)
}

/** Who a campaign has something to say to, apart from everyone; empty if it has not said so. */
export async function listAudiencesOf (db: Reader, campaignId: string): Promise<string[]> {
  const rows = await db.keyMessage.findMany({
    where: { campaignId, audience: { not: 'everyone' } }, select: { audience: true }, distinct: ['audience']
  })
  return rows.map(({ audience }) => audience)
}
