import type { DateTime } from 'luxon'
import type { Campaign } from '../campaigns/campaign.ts'
import { listCampaignsWith } from '../campaigns/queries.ts'
import { instant } from '../../platform/clock.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { scopeOf } from '../../identity/staff/roles.ts'
import type { Permission } from '../../identity/staff/roles.ts'
import type { Seal } from '../teams/seal.ts'
import { reminders } from './activity.ts'
import type { Activity, JoinMode, Kind, Occupancy, Visibility, WaitingListMode } from './activity.ts'
import type { BookingWindow } from './booking-window.ts'
import type { ActivityDraft, CurrentActivity } from './draft.ts'
import { ActivityNotFound } from './errors.ts'
import type { Dimension, Headcount, Numbers } from './headcount.ts'
import { placesTaken } from './supply.ts'

const withCampaign = { campaign: true } satisfies Prisma.ActivityInclude
type Row = Prisma.ActivityGetPayload<{ include: typeof withCampaign }>

/** An activity with how full it is. */
export interface OfferedActivity extends Activity {
  occupancy: Occupancy
  /** Name of the agency that leads it, if the query asked for it. */
  leadAgency: string | undefined
  /** Whether it has or had holds, if the query asked for it. */
  hasHolds: boolean
}

/**
 * Filter for the activities that a stranger may know of. Everything public uses it: a page, a count or a feed with a
 * filter of its own would be where an operational activity leaks.
 */
const known = { visibility: 'public', status: { in: ['published', 'cancelled'] } } satisfies Prisma.ActivityWhereInput

/** Reads an activity by its id, whatever its visibility. */
export async function getActivity (db: Reader, id: string): Promise<Activity> {
  const row = await db.activity.findUnique({ where: { id }, include: withCampaign })
  if (row === null) throw new ActivityNotFound()
  return activityOf(row)
}

/**
 * Takes the activity's row lock until the transaction ends, then reads it.
 *
 * Everything that takes or frees a place calls this first, so places are counted by one transaction at a time. If a
 * change concerns two activities, `lockActivities` comes first.
 */
export async function lockActivity (tx: Tx, id: string): Promise<Activity> {
  await tx.$queryRaw`SELECT 1 FROM activities WHERE id = ${id}::uuid FOR UPDATE`
  return await getActivity(tx, id)
}

/**
 * Takes the row locks of activities, each once and in the order of their ids, so that two transactions that lock the
 * same ones cannot deadlock. Nothing else locks more than one.
 */
export async function lockActivities (tx: Tx, ids: readonly string[]): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM activities WHERE id = ANY (${ids}::uuid[]) ORDER BY id FOR UPDATE`
}

/** How full an activity is. Reliable for a decision only under the activity's row lock. */
export async function occupancyOf (db: Reader, activityId: string): Promise<Occupancy> {
  return await db.occupancy.findUniqueOrThrow({ where: { activityId }, omit: { activityId: true } })
}

/** Finds a public activity, with how full it is. */
export async function findPublicActivity (db: Reader, slug: string): Promise<OfferedActivity | undefined> {
  const row = await db.activity.findFirst({
    where: { slug, ...known },
    include: { ...withCampaign, occupancy: true, leadAgency: true, _count: { select: { holds: true } } }
  })
  return row === null ? undefined : offered(row)
}

/**
 * Public activities that end after `from`, soonest first; those running at that moment included. Without `from`, past
 * ones too. At most `limit`; those farthest from now are left out.
 */
export async function listPublicActivities (
  db: Reader, { campaignSlug, from, limit = 200 }: { campaignSlug?: string, from?: DateTime<true>, limit?: number }
): Promise<OfferedActivity[]> {
  const rows = await db.activity.findMany({
    where: {
      ...known,
      ...(campaignSlug !== undefined && { campaign: { slug: campaignSlug } }),
      ...(from !== undefined && { endsAt: { gt: from.toJSDate() } })
    },
    include: { ...withCampaign, occupancy: true, leadAgency: true },
    orderBy: [{ startsAt: 'asc' }, { title: 'asc' }],
    take: from === undefined ? -limit : limit
  })
  return rows.map(offered)
}

/** Campaigns with public activities, newest first. */
export async function listPublicCampaigns (db: Reader): Promise<Campaign[]> {
  return await listCampaignsWith(db, known)
}

/** Finds a campaign with public activities. */
export async function findPublicCampaign (db: Reader, slug: string): Promise<Campaign | undefined> {
  const [campaign] = await listCampaignsWith(db, known, slug)
  return campaign
}

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

const withWhatStaffSee = {
  ...withCampaign,
  occupancy: true,
  leadAgency: true,
  hosts: { select: { staffMemberId: true } },
  headcounts: { where: { dimension: 'total' }, omit: { activityId: true, dimension: true, value: true } },
  _count: { select: { otherDates: true } }
} satisfies Prisma.ActivityInclude

function knownActivityOf (row: Prisma.ActivityGetPayload<{ include: typeof withWhatStaffSee }>): KnownActivity {
  return {
    ...offered(row),
    leadAgencyId: row.leadAgencyId ?? undefined,
    hostIds: row.hosts.map(({ staffMemberId }) => staffMemberId),
    hasOtherDate: row._count.otherDates > 0,
    forgotten: row.headcounts[0]
  }
}

/**
 * Filter for the activities to which a member of staff may do something. The partnership's own people reach everything
 * except operational work, which only those named may know of; an agency's people reach what the agency leads, or also
 * what it takes part in, operational work included; hosts reach the activities that name them. As for strangers, no
 * query has a filter of its own.
 */
export function within (staff: StaffMember, permission: Permission): Prisma.ActivityWhereInput {
  const { id, agencyId } = staff
  const ofThePartnership = { visibility: { not: 'operational' } }
  switch (scopeOf(staff, permission)) {
    case 'all': return {}
    case 'known': return agencyId === undefined
      ? ofThePartnership
      : { OR: [{ leadAgencyId: agencyId }, { partners: { some: { agencyId } } }] }
    case 'led': return agencyId === undefined ? ofThePartnership : { leadAgencyId: agencyId }
    case 'hosted': return { hosts: { some: { staffMemberId: id } } }
    case 'partnership':
    case 'none': return { id: { in: [] } }
  }
}

/** Filter for the activities that a member of staff may know of. */
function knownTo (staff: StaffMember): Prisma.ActivityWhereInput {
  return within(staff, 'see activities')
}

/** Finds an activity that a member of staff may know of. */
export async function findActivityKnownTo (
  db: Reader, member: StaffMember, slug: string
): Promise<KnownActivity | undefined> {
  const row = await db.activity.findFirst({ where: { slug, ...knownTo(member) }, include: withWhatStaffSee })
  return row === null ? undefined : knownActivityOf(row)
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
  return rows.map(knownActivityOf)
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

/** Activities that a member of staff may know of: to come or running now, soonest first; or past, latest first. */
export async function listActivitiesKnownTo (
  db: Reader, member: StaffMember,
  { past, now, skip, take }: { past: boolean, now: DateTime<true>, skip: number, take: number }
): Promise<{ activities: KnownActivity[], total: number }> {
  const at = now.toJSDate()
  const where = { ...knownTo(member), endsAt: past ? { lte: at } : { gt: at } }
  const [total, rows] = await Promise.all([
    db.activity.count({ where }),
    db.activity.findMany({
      where,
      include: withWhatStaffSee,
      orderBy: [{ startsAt: past ? 'desc' : 'asc' }, { title: 'asc' }],
      skip,
      take
    })
  ])
  return { activities: rows.map(knownActivityOf), total }
}

type OfferedRow = Row & {
  occupancy: (Occupancy & { activityId: string }) | null
  leadAgency?: { name: string } | null
  _count?: { holds?: number, otherDates?: number }
}

/** Converts a row with its campaign and occupancy. */
export function offered (row: OfferedRow): OfferedActivity {
  if (row.occupancy === null) throw new Error(`The activity ${row.id} has no occupancy.`)
  const hasHolds = (row._count?.holds ?? 0) > 0
  return { ...activityOf(row), occupancy: row.occupancy, leadAgency: row.leadAgency?.name, hasHolds }
}

/** Converts a row with its campaign. */
export function activityOf (row: Row): Activity {
  const { campaign } = row
  return {
    id: row.id,
    slug: row.slug,
    title: row.title,
    summary: row.summary,
    kind: row.kind as Kind,
    campaign: {
      id: campaign.id,
      slug: campaign.slug,
      title: campaign.title,
      partnership: campaign.partnership,
      discreet: campaign.discreet,
      districts: campaign.districts,
      daysUntilErasure: campaign.daysUntilErasure,
      firstDay: calendarDay(campaign.firstDay),
      lastDay: calendarDay(campaign.lastDay)
    },
    allDay: row.allDay,
    zone: row.zone,
    isOnline: row.isOnline,
    venue: row.venue ?? undefined,
    district: row.district ?? undefined,
    audiences: row.audiences,
    visibility: row.visibility as Visibility,
    status: row.status as BookingWindow['status'],
    booking: row.booking as BookingWindow['booking'],
    capacity: row.capacity ?? undefined,
    placesPerBooking: row.placesPerBooking,
    overBookingPercent: row.overBookingPercent,
    waitingList: row.waitingList as WaitingListMode,
    offerHours: row.offerHours,
    isAnotherDate: row.anotherDateOfId !== null,
    anotherDateAt: row.anotherDateAt ?? undefined,
    cancellationReason: row.cancellationReason ?? undefined,
    joinUrlSealed: row.joinUrlSealed ?? undefined,
    joinUrlMeetingEndsAt: row.joinUrlMeetingEndsAt === null ? undefined : instant(row.joinUrlMeetingEndsAt),
    joinMode: row.joinMode as JoinMode,
    reminders: reminders.filter(reminder => row.reminders.includes(reminder)),
    followUp: row.followUp,
    icalUid: row.icalUid,
    icalSequence: row.icalSequence,
    createdAt: instant(row.createdAt),
    startsAt: instant(row.startsAt),
    endsAt: instant(row.endsAt),
    bookingOpensAt: row.bookingOpensAt === null ? undefined : instant(row.bookingOpensAt),
    bookingClosesAt: row.bookingClosesAt === null ? undefined : instant(row.bookingClosesAt)
  }
}

/** A calendar day as `2026-12-01`; the driver gives days as midnight in UTC. */
export function calendarDay (date: Date | null): string | undefined {
  return date?.toISOString().slice(0, 10)
}

/** The partner agencies of an activity, whose slugs a draft of it has not. */
export const withPartners = { partners: { include: { agency: true } } } satisfies Prisma.ActivityInclude

/**
 * Takes the row locks of those of these activities that exist until the transaction ends, then reads them, by slug.
 * Always in the order of their ids: all other code locks one, so two transactions that lock many cannot deadlock.
 */
export async function lockCurrentActivities (
  tx: Tx, seal: Seal, slugs: readonly string[]
): Promise<Map<string, CurrentActivity>> {
  await tx.$queryRaw`SELECT 1 FROM activities WHERE slug = ANY (${slugs}::text[]) ORDER BY id FOR UPDATE`
  return await readCurrentActivities(tx, seal, slugs)
}

/** Activities as they stand, by slug; reliable for a decision only under their row locks. */
export async function readCurrentActivities (
  db: Reader, seal: Seal, slugs: readonly string[]
): Promise<Map<string, CurrentActivity>> {
  const rows = await db.activity.findMany({
    where: { slug: { in: [...slugs] } },
    include: { ...withPartners, campaign: true }
  })
  // One after the other: Prisma would query three relations at once, which one connection of pg cannot do.
  const ofThese = { activityId: { in: rows.map(({ id }) => id) } }
  const occupancies = await db.occupancy.findMany({ where: ofThese })
  const meetings = await db.teamsMeeting.findMany({ where: ofThese, select: { activityId: true, joinUrlSealed: true } })
  const occupancyOf = new Map(occupancies.map(occupancy => [occupancy.activityId, occupancy]))
  const meetingOf = new Map(meetings.map(meeting => [meeting.activityId, meeting]))
  return new Map(rows.map(row => {
    const occupancy = occupancyOf.get(row.id)
    const taken = occupancy === undefined ? 0 : placesTaken(occupancy)
    const { id, overBookingPercent, joinMode, joinUrlMeetingEndsAt: meetingEndsAt } = row
    const draft = draftOf(row, seal)
    const ours = meetingOf.get(row.id)?.joinUrlSealed
    const movesAlong = ours != null && seal.open(ours) === draft.joinUrl
    return [row.slug, {
      ...draft,
      linkedMeetingEndsAt: meetingEndsAt === null || movesAlong ? undefined : instant(meetingEndsAt),
      id,
      overBookingPercent,
      joinMode: joinMode as JoinMode,
      isDiscreet: row.campaign.discreet,
      placesTaken: taken,
      placesWaitedFor: occupancy?.waiting ?? 0
    }]
  }))
}

/** An activity as a draft that changes nothing. */
export function draftOf (row: Prisma.ActivityGetPayload<{ include: typeof withPartners }>, seal: Seal): ActivityDraft {
  return {
    slug: row.slug,
    campaignId: row.campaignId,
    title: row.title,
    summary: row.summary,
    kind: row.kind as Kind,
    startsAt: instant(row.startsAt),
    endsAt: instant(row.endsAt),
    allDay: row.allDay,
    zone: row.zone,
    venue: row.venue ?? undefined,
    joinUrl: row.joinUrlSealed === null ? undefined : seal.open(row.joinUrlSealed),
    district: row.district ?? undefined,
    audiences: row.audiences,
    visibility: row.visibility as Visibility,
    booking: row.booking as BookingWindow['booking'],
    capacity: row.capacity ?? undefined,
    placesPerBooking: row.placesPerBooking,
    waitingList: row.waitingList as WaitingListMode,
    bookingOpensAt: row.bookingOpensAt === null ? undefined : instant(row.bookingOpensAt),
    bookingClosesAt: row.bookingClosesAt === null ? undefined : instant(row.bookingClosesAt),
    leadAgencyId: row.leadAgencyId ?? undefined,
    partnerAgencyIds: row.partners.map(({ agencyId }) => agencyId).sort(),
    status: row.status as BookingWindow['status']
  }
}
