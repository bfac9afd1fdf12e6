import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { within } from '../../programme/activities/known-activities.ts'
import { placeShownTo } from '../../programme/activities/place.ts'
import { activityOf } from '../../programme/activities/queries.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import type { AttendeeFilter } from '../../booking/attendees/filter.ts'
import { attendeesOf } from '../../booking/attendees/matching.ts'
import { marksIn } from '../../booking/bookings/sealed-answers.ts'

/** An activity of which someone may have a list. */
export interface ListedActivity extends Pick<Activity, 'id' | 'slug' | 'title' | 'startsAt' | 'endsAt' | 'allDay' | 'zone' | 'isOnline' | 'venue' | 'untold' | 'district'> {
  leadAgencyId: string | undefined
  hostIds: string[]
  campaign: { slug: string, title: string }
}

/** Which activities lists are about; undefined, and no slugs: any. */
export interface Selection {
  slugs: readonly string[]
  /** The slug of a campaign. */
  campaign: string | undefined
  /** They begin at or after this instant. */
  from: DateTime<true> | undefined
  /** They begin before this instant. */
  before: DateTime<true> | undefined
  /** Only those that are published. */
  isPublished?: boolean
}

/**
 * Activities that take bookings and whose attendees the member of staff may know, by when they take place; no more than
 * `most`, with how many there are.
 */
export async function listActivitiesFor (
  db: Reader, staff: StaffMember, { slugs, campaign, from, before, isPublished = false }: Selection, most: number
): Promise<{ activities: ListedActivity[], total: number }> {
  const where = {
    AND: [within(staff, 'know attendees')],
    booking: 'places',
    ...(slugs.length > 0 && { slug: { in: [...slugs] } }),
    ...(campaign !== undefined && { campaign: { slug: campaign } }),
    ...(isPublished && { status: 'published' }),
    startsAt: { ...(from && { gte: from.toJSDate() }), ...(before && { lt: before.toJSDate() }) }
  } satisfies Prisma.ActivityWhereInput
  const [total, rows] = await Promise.all([
    db.activity.count({ where }),
    db.activity.findMany({
      where,
      include: { campaign: true, hosts: { select: { staffMemberId: true } } },
      orderBy: [{ startsAt: 'asc' }, { slug: 'asc' }],
      take: most
    })
  ])
  return {
    total,
    activities: rows.map(row => placeShownTo({ staff }, {
      ...activityOf(row),
      campaign: { slug: row.campaign.slug, title: row.campaign.title },
      leadAgencyId: row.leadAgencyId ?? undefined,
      hostIds: row.hosts.map(({ staffMemberId }) => staffMemberId)
    }))
  }
}

/** Campaigns with activities whose attendees the member of staff may know, by title. */
export async function listCampaignsFor (
  db: Reader, staff: StaffMember
): Promise<Array<{ slug: string, title: string }>> {
  return await db.campaign.findMany({
    where: { activities: { some: { AND: [within(staff, 'know attendees')], booking: 'places' } } },
    select: { slug: true, title: true },
    orderBy: [{ title: 'asc' }, { slug: 'asc' }]
  })
}

/** How many attendees of each of these activities a filter lets through, by id; one without any is left out. */
export async function countListed (
  db: Reader, activityIds: readonly string[], filter: AttendeeFilter
): Promise<Map<string, number>> {
  const rows = await db.$queryRaw<Array<{ id: string, people: number }>>(Prisma.sql`
    SELECT b.activity_id AS id, count(*)::int AS people FROM bookings AS b
    WHERE ${attendeesOf(activityIds, filter, marksIn(db))} GROUP BY b.activity_id`)
  return new Map(rows.map(({ id, people }) => [id, people]))
}

/** What someone chose for their lists, and how the last one went. */
export interface LastList {
  columns: string[]
  format: string | undefined
  madeAt: string
  rows: number
  /** Undefined: it is on its way, or whoever sent it stopped. */
  rowsSent: number | undefined
  begunAt: DateTime<true>
}

export async function findLastList (db: Reader, { id }: StaffMember): Promise<LastList | undefined> {
  const row = await db.lastList.findUnique({ where: { staffMemberId: id } })
  if (row === null) return undefined
  const { columns, format, madeAt, rows, rowsSent, begunAt } = row
  return {
    columns, format: format ?? undefined, madeAt, rows, rowsSent: rowsSent ?? undefined, begunAt: instant(begunAt)
  }
}
