import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { isOnItsDay } from '../../identity/staff/roles.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { listCampaignsWith } from '../campaigns/queries.ts'
import type { ListFilter } from './list-filter.ts'
import type { KnownActivity } from './known-activities.ts'
import { withWhatStaffSee, knownActivityOf, ownOf, knownTo } from './known-activities.ts'

/** Which activities are listed: a filter without what is shown how. */
type Listed = Omit<ListFilter, 'asCalendar' | 'when'>

const every: Listed = { campaign: undefined, agency: undefined, state: undefined, search: undefined }

/**
 * Activities that a member of staff may know of: to come or running now, soonest first; or past, latest first. Only
 * their `own`, if so asked.
 */
export async function listActivitiesKnownTo (
  db: Reader, member: StaffMember,
  { past, own = false, now, skip, take, of = every }:
  { past: boolean, own?: boolean, now: DateTime<true>, skip: number, take: number, of?: Listed }
): Promise<{ activities: KnownActivity[], total: number }> {
  const at = now.toJSDate()
  const during = { endsAt: past ? { lte: at } : { gt: at } }
  const where = { AND: [knownTo(member), own ? ownOf(member) : {}, during, await matching(db, of)] }
  return await listed(db, member, where, { skip, take, latestFirst: past })
}

/** Activities that a member of staff may know of, and that are over while their day is not: who came is still noted. */
export async function listOverToday (db: Reader, member: StaffMember, now: DateTime<true>): Promise<KnownActivity[]> {
  const rows = await db.activity.findMany({
    where: {
      AND: [knownTo(member)],
      status: 'published',
      // A day has up to 25 hours; which day it is depends on the zone of each.
      endsAt: { lte: now.toJSDate(), gt: now.minus({ hours: 25 }).toJSDate() }
    },
    include: withWhatStaffSee,
    orderBy: [{ startsAt: 'asc' }, { title: 'asc' }, { slug: 'asc' }]
  })
  return rows.map(row => knownActivityOf(row, member)).filter(activity => isOnItsDay(activity, now))
}

/**
 * Activities that a member of staff may know of and that are on in a period, soonest first: those that begin before it
 * and last into it, too.
 */
export async function listKnownBetween (
  db: Reader, member: StaffMember,
  { from, until, skip, take, of = every }:
  { from: DateTime<true>, until: DateTime<true>, skip: number, take: number, of?: Listed }
): Promise<{ activities: KnownActivity[], total: number }> {
  const during = { startsAt: { lt: until.toJSDate() }, endsAt: { gt: from.toJSDate() } }
  const where = { AND: [knownTo(member), during, await matching(db, of)] }
  return await listed(db, member, where, { skip, take, latestFirst: false })
}

async function listed (
  db: Reader, member: StaffMember, where: Prisma.ActivityWhereInput,
  { skip, take, latestFirst }: { skip: number, take: number, latestFirst: boolean }
): Promise<{ activities: KnownActivity[], total: number }> {
  const [total, rows] = await Promise.all([
    db.activity.count({ where }),
    db.activity.findMany({
      where,
      include: withWhatStaffSee,
      orderBy: [{ startsAt: latestFirst ? 'desc' : 'asc' }, { title: 'asc' }, { slug: 'asc' }],
      skip,
      take
    })
  ])
  return { activities: rows.map(row => knownActivityOf(row, member)), total }
}

/** What someone asks for, as a filter of activities; never without who asks. */
async function matching (db: Reader, { campaign, agency, state, search }: Listed): Promise<Prisma.ActivityWhereInput> {
  return {
    AND: [
      campaign === undefined ? {} : { campaign: { slug: campaign } },
      agency === undefined
        ? {}
        : { OR: [{ leadAgency: { slug: agency } }, { partners: { some: { agency: { slug: agency } } } }] },
      state === undefined ? {} : state === 'full' ? { id: { in: await listFull(db) } } : { status: state },
      // In a pattern, `%` and `_` stand for others.
      ...(search ?? '').split(/\s+/).filter(word => word !== '').map(word =>
        ({ title: { contains: word.replaceAll(/[\\%_]/g, '\\$&'), mode: 'insensitive' as const } }))
    ]
  }
}

/**
 * Ids of the published activities of which no place is free, by the rule of `freePlaces`. As on their pages, people
 * whose details are erased had their places to the end.
 */
async function listFull (db: Reader): Promise<string[]> {
  const rows = await db.$queryRaw<Array<{ id: string }>>`
    SELECT a.id FROM activities a JOIN occupancies o ON o.activity_id = a.id
      LEFT JOIN headcounts h ON h.activity_id = a.id AND h.dimension = 'total'
    WHERE a.status = 'published' AND a.booking = 'places'
      AND o.confirmed + coalesce(h.places, 0) + o.offered + o.held >= a.capacity::bigint * (100 + a.over_booking_percent) / 100`
  return rows.map(({ id }) => id)
}

/** When the first and the last of the activities start that a member of staff may know of; undefined without any. */
export async function findKnownSpan (
  db: Reader, member: StaffMember
): Promise<{ first: DateTime<true>, last: DateTime<true> } | undefined> {
  const { _min: { startsAt: first }, _max: { startsAt: last } } = await db.activity.aggregate({
    where: knownTo(member), _min: { startsAt: true }, _max: { startsAt: true }
  })
  return first === null || last === null ? undefined : { first: instant(first), last: instant(last) }
}

/** The campaigns with an activity that a member of staff may know of. */
export async function listKnownCampaigns (db: Reader, member: StaffMember): Promise<Campaign[]> {
  return await listCampaignsWith(db, knownTo(member))
}
