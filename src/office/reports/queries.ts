import type { DateTime } from 'luxon'
import type { Activity, Kind } from '../../programme/activities/activity.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { placeOf } from '../../programme/activities/place.ts'
import { unheard } from '../../programme/booking-rules.ts'
import { instant, calendarDay } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { channelOf } from '../forgetting/heard-from.ts'
import { leadTimes } from '../forgetting/lead-time.ts'
import type { CountedKind } from './divided.ts'
import type { Division } from './published.ts'

/** An activity as reports know it. */
export interface ReportedActivity extends Pick<
  Activity,
  'id' | 'slug' | 'title' | 'startsAt' | 'endsAt' | 'allDay' | 'zone' | 'kind' | 'audiences' | 'capacity' |
  'status' | 'isOnline' | 'venue' | 'untold' | 'district'
> {
  campaign: NamedCampaign & { id: string, partnership: string }
  /** Who led it on its day. */
  leadAgency: { slug: string, name: string } | undefined
  walkIns: number | undefined
}

/** A campaign with what tells it from others of the same title. */
export interface NamedCampaign {
  slug: string
  title: string
  firstDay: string | undefined
  lastDay: string | undefined
}

/**
 * What a member of staff may report on to others. Operational work is none of it, whoever asks: a report is passed on,
 * and not even that there was such work is for everyone.
 */
function passedOn (staff: StaffMember): Prisma.ActivityWhereInput {
  return { AND: [within(staff, 'see reports'), { visibility: { not: 'operational' } }], status: 'published' }
}

interface Within { after: Date, before: Date }

/** The published activities with places that a report by a member of staff is of, within some time, in order. */
export async function listReported (db: Reader, staff: StaffMember, time: Within): Promise<ReportedActivity[]> {
  return await listWithPlaces(db, passedOn(staff), time)
}

/** Those from which a member of staff may learn how many come, within some time, in order: operational work too. */
export async function listLearntFrom (db: Reader, staff: StaffMember, time: Within): Promise<ReportedActivity[]> {
  return await listWithPlaces(db, within(staff, 'see reports'), time)
}

/** What is cancelled came to nothing. */
async function listWithPlaces (
  db: Reader, which: Prisma.ActivityWhereInput, { after, before }: Within
): Promise<ReportedActivity[]> {
  const rows = await db.activity.findMany({
    where: {
      AND: [which],
      status: 'published',
      booking: { in: ['places', 'invitation'] },
      startsAt: { gte: after, lt: before }
    },
    select: {
      id: true,
      slug: true,
      title: true,
      startsAt: true,
      endsAt: true,
      allDay: true,
      zone: true,
      kind: true,
      audiences: true,
      capacity: true,
      walkIns: true,
      status: true,
      isOnline: true,
      venue: true,
      hasSecretPlace: true,
      district: true,
      campaign: { select: { id: true, slug: true, title: true, partnership: true, firstDay: true, lastDay: true } },
      partnership: true,
      leadAgency: { select: { slug: true, name: true } },
      ledAs: { select: { slug: true, name: true } }
    },
    orderBy: [{ startsAt: 'asc' }, { slug: 'asc' }]
  })
  return rows.map(({
    walkIns, leadAgency, ledAs, capacity, kind, status, venue, hasSecretPlace, district, partnership, campaign, ...row
  }) => ({
    ...row,
    campaign: { ...campaign, ...daysOf(campaign), partnership: partnership ?? campaign.partnership },
    kind: kind as Kind,
    status: status as Activity['status'],
    ...placeOf({ venue, hasSecretPlace }),
    district: district ?? undefined,
    capacity: capacity ?? undefined,
    startsAt: instant(row.startsAt),
    endsAt: instant(row.endsAt),
    leadAgency: ledAs ?? leadAgency ?? undefined,
    walkIns: walkIns ?? undefined
  }))
}

/** The campaigns and leading organisations of everything that a report by a member of staff may be of, by name. */
export async function listChoices (
  db: Reader, staff: StaffMember
): Promise<{ campaigns: NamedCampaign[], agencies: Array<{ slug: string, name: string }> }> {
  const activities = { some: passedOn(staff) }
  const stillLed = { some: { ...passedOn(staff), ledAsId: null } }
  const [campaigns, agencies] = await Promise.all([
    db.campaign.findMany({
      where: { activities },
      select: { slug: true, title: true, firstDay: true, lastDay: true },
      orderBy: [{ title: 'asc' }, { slug: 'asc' }]
    }),
    db.agency.findMany({
      where: { OR: [{ leads: stillLed }, { led: activities }] }, select: { slug: true, name: true }, orderBy: [{ name: 'asc' }, { slug: 'asc' }]
    })
  ])
  return { campaigns: campaigns.map(campaign => ({ ...campaign, ...daysOf(campaign) })), agencies }
}

function daysOf ({ firstDay, lastDay }: { firstDay: Date | null, lastDay: Date | null }) {
  return { firstDay: calendarDay(firstDay), lastDay: calendarDay(lastDay) }
}

/** When the first activity began that a report by a member of staff may be of. */
export async function findFirstStart (db: Reader, staff: StaffMember): Promise<DateTime<true> | undefined> {
  const { _min: { startsAt } } = await db.activity.aggregate({
    where: passedOn(staff), _min: { startsAt: true }
  })
  return startsAt === null ? undefined : instant(startsAt)
}

/** Places of an activity that were booked to the end, by what is known of them, and bookings that ever waited. */
export interface CountedPlaces {
  booked: number
  came: number
  /** Places of which it is known whether they were taken. */
  recorded: number
  waited: number
}

/**
 * What a booking counts for, now and in `headcounts` once it is forgotten (office/forgetting/headcounts.ts). The
 * version before counted neither places that were taken nor how many are known: at least one is, of each booking.
 */
const ofBooking = Prisma.sql`
  CASE WHEN b.status = 'confirmed' THEN b.places ELSE 0 END AS booked,
  CASE WHEN b.status = 'confirmed' AND b.attended THEN coalesce(b.came_places, b.places) ELSE 0 END AS came,
  CASE WHEN b.status = 'confirmed' AND b.attended IS NOT NULL THEN b.places ELSE 0 END AS recorded`
const ofHeadcount = Prisma.sql`
  h.places AS booked, least(h.places, greatest(h.came_places, h.came)) AS came,
  least(h.places, greatest(h.recorded_places, h.came + h.did_not_come)) AS recorded`

/** How many people booked each of some activities and came, those included whose details are deleted. */
export async function countPlaces (db: Reader, activityIds: readonly string[]): Promise<Map<string, CountedPlaces>> {
  const rows = await db.$queryRaw<Array<CountedPlaces & { id: string }>>`
    SELECT id, sum(booked)::int AS booked, sum(came)::int AS came, sum(recorded)::int AS recorded,
      sum(waited)::int AS waited
    FROM (
      SELECT b.activity_id AS id, ${ofBooking},
        CASE WHEN b.waited_at IS NOT NULL AND NOT ${unheard.sql('b')} THEN 1 ELSE 0 END AS waited
      FROM bookings b WHERE b.activity_id = ANY (${activityIds}::uuid[])
      UNION ALL
      SELECT h.activity_id, ${ofHeadcount}, h.waited
      FROM headcounts h WHERE h.dimension = 'total' AND h.activity_id = ANY (${activityIds}::uuid[])
    ) AS counted
    GROUP BY id`
  return new Map(rows.map(({ id, ...counted }) => [id, counted]))
}

export interface CountedDivision extends CountedKind {
  block: number
  by: Division
  recorded: number
}

/**
 * How many people booked and came of each kind, for blocks of activities, given by a number for each activity. How
 * people heard is asked in their own words, and counted here by what these say.
 */
export async function countDivisions (
  db: Reader, blockOf: ReadonlyMap<string, number>
): Promise<CountedDivision[]> {
  const rows = await db.$queryRaw<Array<CountedDivision & { isCounted: boolean }>>`
    WITH block AS (SELECT * FROM unnest(${[...blockOf.keys()]}::uuid[], ${[...blockOf.values()]}::int[]) AS block (id, number)),
    ours AS (
      SELECT block.number, b.district, b.role, b.heard_from, ${ofBooking},
        width_bucket((a.starts_at AT TIME ZONE a.zone)::date - (b.created_at AT TIME ZONE a.zone)::date,
          ${[...leadTimes]}::int[]) AS lead
      FROM block JOIN activities a ON a.id = block.id JOIN bookings b ON b.activity_id = a.id
      WHERE b.status = 'confirmed'
    ),
    ours_by AS (
      SELECT number, district, role, heard_from, lead, grouping(district, role, heard_from, lead) AS without,
        sum(booked) AS booked, sum(came) AS came, sum(recorded) AS recorded
      FROM ours GROUP BY GROUPING SETS ((number, district), (number, role), (number, heard_from), (number, lead))
    )
    SELECT number AS block,
      CASE without WHEN 7 THEN 'district' WHEN 11 THEN 'role' WHEN 13 THEN 'heard-from' ELSE 'lead-time' END AS by,
      CASE without WHEN 7 THEN coalesce(district, '') WHEN 11 THEN role WHEN 13 THEN coalesce(heard_from, '')
        ELSE (${[...leadTimes].map(String)}::text[])[greatest(lead, 1)] END AS value,
      booked::int, came::int, recorded::int, false AS "isCounted"
    FROM ours_by
    UNION ALL
    SELECT block.number, h.dimension, h.value, sum(h.booked)::int, sum(h.came)::int, sum(h.recorded)::int, true
    FROM block JOIN (
      SELECT activity_id, dimension, value, ${ofHeadcount} FROM headcounts h WHERE dimension <> 'total'
    ) AS h ON h.activity_id = block.id
    GROUP BY 1, 2, 3`
  return [...Map.groupBy(rows, row => JSON.stringify([row.block, row.by, kindOf(row)])).values()].flatMap(alike => {
    const [row] = alike
    const sum = (part: 'booked' | 'came' | 'recorded') => alike.reduce((sum, row) => sum + row[part], 0)
    const { block, by } = row ?? {}
    if (row === undefined || block === undefined || by === undefined) return []
    return { block, by, value: kindOf(row), booked: sum('booked'), came: sum('came'), recorded: sum('recorded') }
  })
}

/** Where someone heard of it, in their words, is one of a fixed few; where these are deleted it was counted as one. */
function kindOf ({ by, value, isCounted }: Pick<CountedDivision, 'by' | 'value'> & { isCounted: boolean }): string {
  return by === 'heard-from' && !isCounted ? channelOf(value) : value
}
