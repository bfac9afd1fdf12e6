import type { Activity } from '../../programme/activities/activity.ts'
import { known, live, reached } from '../../programme/booking-rules.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { nobodyToCall } from '../../identity/staff/confirmation.ts'
import type { Callee, ToCall } from '../../identity/staff/confirmation.ts'
import { calleeOf } from './callee.ts'
import { openedAnswer } from './sealed-answers.ts'

/** Bookings that an email about an activity would reach, and those that it would not. */
export interface RecipientCounts {
  /** Bookings that have a place and get it. */
  confirmed: number
  /** Bookings that wait or have an offer, whose holders know it, and get it. */
  waiting: number
  /** Of all who should get it, those that emails do not reach. */
  toCall: ToCall
  /** The same, of those who have a place. */
  toCallWithPlace: ToCall
}

/** Maximum number of people to call that a page names; for more than that, organisers need another list anyway. */
const maxToCall = 100

/** Counts the bookings that an email about an activity would reach, and names the people to call. */
export async function countRecipients (db: Reader, activity: Pick<Activity, 'id' | 'slug'>): Promise<RecipientCounts> {
  const [counts] = [...(await countRecipientsOf(db, [activity])).values()]
  return counts as RecipientCounts
}

/** The same for many activities, by their ids, in two queries. */
export async function countRecipientsOf (
  db: Reader, activities: ReadonlyArray<Pick<Activity, 'id' | 'slug'>>
): Promise<Map<string, RecipientCounts>> {
  const ids = activities.map(({ id }) => id)
  const counts = await countReachedOf(db, ids)
  const people = [...counts.values()].every(({ toCall }) => toCall === 0)
    ? []
    : await db.$queryRaw<Array<ToBeCalled & { activityId: string, hasPlace: boolean }>>`
      SELECT id, name, phone, "activityId", "hasPlace" FROM (
        SELECT id, name, phone, activity_id AS "activityId", status = 'confirmed' AS "hasPlace",
          row_number() OVER (PARTITION BY activity_id ORDER BY status <> 'confirmed', arrival) AS n
        FROM bookings WHERE ${concernedBy(ids)} AND NOT ${reached.sql()}
      ) unreached WHERE n <= ${maxToCall} ORDER BY n`
  const peopleOf = Map.groupBy(people, ({ activityId }) => activityId)
  return new Map(activities.map(({ id, slug }) => {
    const { confirmed, waiting, toCall, toCallWithPlace } = counts.get(id) ?? nobodyReached
    const unreached = peopleOf.get(id) ?? []
    const named = (some: typeof unreached) => some.map(person => callOn(db, slug, person))
    return [id, {
      confirmed,
      waiting,
      toCall: { count: toCall, people: named(unreached) },
      toCallWithPlace: { count: toCallWithPlace, people: named(unreached.filter(({ hasPlace }) => hasPlace)) }
    }]
  }))
}

type Reached = Record<'confirmed' | 'waiting' | 'toCall' | 'toCallWithPlace', number>

const nobodyReached: Reached = { confirmed: 0, waiting: 0, toCall: 0, toCallWithPlace: 0 }

/** The same without names: how many bookings an email about an activity would reach, and would not. */
export async function countReached (db: Reader, activityId: string): Promise<Reached> {
  return (await countReachedOf(db, [activityId])).get(activityId) ?? nobodyReached
}

async function countReachedOf (db: Reader, ids: readonly string[]): Promise<Map<string, Reached>> {
  const rows = await db.$queryRaw<Array<Reached & { activityId: string }>>`
    SELECT activity_id AS "activityId",
      count(*) FILTER (WHERE status = 'confirmed' AND ${reached.sql()})::int AS confirmed,
      count(*) FILTER (WHERE status <> 'confirmed' AND ${reached.sql()})::int AS waiting,
      count(*) FILTER (WHERE NOT ${reached.sql()})::int AS "toCall",
      count(*) FILTER (WHERE status = 'confirmed' AND NOT ${reached.sql()})::int AS "toCallWithPlace"
    FROM bookings WHERE ${concernedBy(ids)} GROUP BY activity_id`
  return new Map(rows.map(({ activityId, ...counts }) => [activityId, counts]))
}

/** Bookings whose holders an email about activities concerns. */
function concernedBy (ids: readonly string[]): Prisma.Sql {
  return Prisma.sql`activity_id = ANY (${[...ids]}::uuid[]) AND ${live.sql()} AND ${known.sql()}`
}

/** As raw SQL reads them: the number is sealed. */
interface ToBeCalled { id: string, name: string, phone: string | null }

/** The people to call, of some bookings of an activity. */
export async function listToCall (
  db: Reader, { slug }: Pick<Activity, 'slug'>, ids: readonly string[]
): Promise<ToCall> {
  return ids.length === 0 ? nobodyToCall : await listUnreached(db, slug, Prisma.sql`id = ANY (${[...ids]}::uuid[])`)
}

/** The people to call, of those who wait for an activity. */
export async function listWaitersToCall (db: Reader, { id, slug }: Pick<Activity, 'id' | 'slug'>): Promise<ToCall> {
  return await listUnreached(db, slug, Prisma.sql`activity_id = ${id}::uuid AND status = 'waiting'`)
}

async function listUnreached (db: Reader, slug: string, some: Prisma.Sql): Promise<ToCall> {
  const rows = await db.$queryRaw<Array<ToBeCalled & { total: number }>>`
    SELECT id, name, phone, count(*) OVER ()::int AS total FROM bookings
    WHERE ${some} AND NOT ${reached.sql()} ORDER BY arrival LIMIT ${maxToCall}`
  return { count: rows[0]?.total ?? 0, people: rows.map(row => callOn(db, slug, row)) }
}

function callOn (db: Reader, slug: string, { id, name, phone }: ToBeCalled): Callee {
  return calleeOf(slug, { id, name, phone: openedAnswer(db, id, 'phone', phone) })
}
