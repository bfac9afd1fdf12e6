import type { DateTime } from 'luxon'
import { unheard } from '../../programme/booking-rules.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'

/** Ids of those bookings that a legal hold keeps, on their activity or on the address of their holder. */
export async function listHeld (db: Reader, bookingIds: readonly string[]): Promise<string[]> {
  return idsOf(await db.$queryRaw`
    SELECT b.id FROM bookings b WHERE b.id = ANY (${bookingIds}::uuid[]) AND ${isHeld}`)
}

/** Ids of the copies of some bookings on other dates' waiting lists that their holders do not know about. */
export async function listUnannouncedCopies (db: Reader, bookingIds: readonly string[]): Promise<string[]> {
  return idsOf(await db.$queryRaw`
    SELECT id FROM bookings
    WHERE carried_from = ANY (${bookingIds}::uuid[]) AND ${unheard.sql()}`)
}

/** Ids of the activities with bookings that are to be forgotten at `now`. */
export async function listDue (db: Reader, now: DateTime<true>): Promise<string[]> {
  return idsOf(await db.$queryRaw`
    SELECT DISTINCT a.id FROM bookings b JOIN activities a ON a.id = b.activity_id
    WHERE ${isDue(now)} AND NOT ${isHeld}`)
}

/** Ids of bookings of an activity that are to be forgotten at `now`, at most `take`. */
export async function listDueOn (
  db: Reader, activityId: string, now: DateTime<true>, take: number
): Promise<string[]> {
  return idsOf(await db.$queryRaw`
    SELECT b.id FROM bookings b JOIN activities a ON a.id = b.activity_id
    WHERE b.activity_id = ${activityId}::uuid AND ${isDue(now)} AND NOT ${isHeld}
    ORDER BY b.id LIMIT ${take}`)
}

/** Ids of bookings that were forgotten and exist all the same, at most `take`: a backup was restored. */
export async function listRestored (db: Reader, take: number): Promise<string[]> {
  return idsOf(await db.$queryRaw`
    SELECT b.id FROM bookings b JOIN forgotten_bookings f ON f.booking_id = b.id
    WHERE NOT ${isHeld} ORDER BY b.id LIMIT ${take}`)
}

/** How many bookings of how many activities are to be forgotten at `now`, and how many more a legal hold keeps. */
export async function countDue (
  db: Reader, now: DateTime<true>
): Promise<{ bookings: number, activities: number, held: number }> {
  const [counted = { bookings: 0, activities: 0, held: 0 }] = await db.$queryRaw<Array<{
    bookings: number, activities: number, held: number
  }>>`
    SELECT count(*) FILTER (WHERE NOT is_held)::int AS bookings, count(*) FILTER (WHERE is_held)::int AS held,
      count(DISTINCT activity_id) FILTER (WHERE NOT is_held)::int AS activities
    FROM (
      SELECT b.activity_id, ${isHeld} AS is_held FROM bookings b JOIN activities a ON a.id = b.activity_id
      WHERE ${isDue(now)}
    ) AS due`
  return counted
}

/** Those of these emails that exist. */
export async function listKnownEmails (db: Reader, emailIds: readonly string[]): Promise<string[]> {
  return idsOf(await db.$queryRaw`SELECT id FROM letters WHERE id = ANY (${emailIds}::uuid[])`)
}

/** SQL condition for a booking `b`. */
const isHeld = Prisma.sql`EXISTS (
  SELECT FROM legal_holds hold WHERE hold.lifted_at IS NULL
    AND (hold.activity_id = b.activity_id OR hold.canonical_email = b.canonical_email))`

/**
 * SQL condition for a booking `b` of an activity `a`: its day has come in the activity's zone. The first comparison is
 * for the index, because no zone is more than 14 hours ahead of UTC. A booking with a place or on the list is not
 * forgotten before the activity is over, should the day ever be wrong.
 */
function isDue (now: DateTime<true>): Prisma.Sql {
  const latest = now.plus({ hours: 14 }).toISODate()
  return Prisma.sql`b.erase_on <= ${latest}::date AND b.erase_on <= (${now.toJSDate()}::timestamptz AT TIME ZONE a.zone)::date
    AND (a.ends_at <= ${now.toJSDate()} OR b.status IN ('lapsed', 'cancelled'))`
}

function idsOf (rows: unknown): string[] {
  return (rows as Array<{ id: string }>).map(({ id }) => id)
}
