import type { Activity } from '../../programme/activities/activity.ts'
import { known, live, reached } from '../../programme/booking-rules.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { nobodyToCall } from '../../identity/staff/confirmation.ts'
import type { ToCall } from '../../identity/staff/confirmation.ts'
import { calleeOf } from './callee.ts'

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
export async function countRecipients (db: Reader, { id, slug }: Pick<Activity, 'id' | 'slug'>): Promise<RecipientCounts> {
  const counted = await countReached(db, id)
  const people = counted.toCall === 0
    ? []
    : await db.$queryRaw<Array<ToBeCalled & { hasPlace: boolean }>>`
      SELECT id, name, phone, status = 'confirmed' AS "hasPlace" FROM bookings
      WHERE ${concernedBy(id)} AND NOT ${reached.sql()} ORDER BY status <> 'confirmed', arrival LIMIT ${maxToCall}`
  const named = (some: typeof people) => some.map(person => calleeOf(slug, person))
  return {
    confirmed: counted.confirmed,
    waiting: counted.waiting,
    toCall: { count: counted.toCall, people: named(people) },
    toCallWithPlace: { count: counted.toCallWithPlace, people: named(people.filter(({ hasPlace }) => hasPlace)) }
  }
}

/** The same without names: how many bookings an email about an activity would reach, and would not. */
export async function countReached (
  db: Reader, activityId: string
): Promise<Record<'confirmed' | 'waiting' | 'toCall' | 'toCallWithPlace', number>> {
  const [counted = { confirmed: 0, waiting: 0, toCall: 0, toCallWithPlace: 0 }] = await db.$queryRaw<Array<
    Record<'confirmed' | 'waiting' | 'toCall' | 'toCallWithPlace', number>
  >>`
    SELECT count(*) FILTER (WHERE status = 'confirmed' AND ${reached.sql()})::int AS confirmed,
      count(*) FILTER (WHERE status <> 'confirmed' AND ${reached.sql()})::int AS waiting,
      count(*) FILTER (WHERE NOT ${reached.sql()})::int AS "toCall",
      count(*) FILTER (WHERE status = 'confirmed' AND NOT ${reached.sql()})::int AS "toCallWithPlace"
    FROM bookings WHERE ${concernedBy(activityId)}`
  return counted
}

/** Bookings whose holders an email about an activity concerns. */
function concernedBy (activityId: string): Prisma.Sql {
  return Prisma.sql`activity_id = ${activityId}::uuid AND ${live.sql()} AND ${known.sql()}`
}

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
  return { count: rows[0]?.total ?? 0, people: rows.map(row => calleeOf(slug, row)) }
}
