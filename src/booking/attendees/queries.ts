import type { Reader } from '../../platform/database/connect.ts'
import type { Booking, BookingStatus } from '../bookings/booking.ts'
import { bookingOf } from '../bookings/queries.ts'
import { marksIn } from '../bookings/sealed-answers.ts'
import type { AttendeeFilter } from './filter.ts'
import { attendeesOf, inOrderOf } from './matching.ts'

/** Bookings in the order of `ids`, as they are now, leaving out those that no longer exist. */
export async function listAttendees (db: Reader, ids: readonly string[]): Promise<Booking[]> {
  const rows = await db.booking.findMany({ where: { id: { in: [...ids] } } })
  const byId = new Map(rows.map(row => [row.id, bookingOf(row)]))
  return ids.flatMap(id => byId.get(id) ?? [])
}

/** Ids of an activity's attendees that a filter lets through, in its order. */
export async function listIdsMatching (
  db: Reader, activityId: string, filter: AttendeeFilter, { skip, take }: { skip: number, take: number }
): Promise<string[]> {
  const rows = await db.$queryRaw<Array<{ id: string }>>`
    SELECT b.id FROM bookings b WHERE ${attendeesOf([activityId], filter, marksIn(db))}
    ORDER BY ${inOrderOf(filter)} LIMIT ${take} OFFSET ${skip}`
  return rows.map(({ id }) => id)
}

/** As `countAttendees`, of those whom a filter lets through. */
export async function countMatching (
  db: Reader, activityId: string, filter: AttendeeFilter
): Promise<Array<{ status: BookingStatus, people: number, places: number }>> {
  return await db.$queryRaw`
    SELECT b.status, count(*)::int AS people, sum(b.places)::int AS places
    FROM bookings b WHERE ${attendeesOf([activityId], filter, marksIn(db))} GROUP BY b.status`
}

/** Districts that attendees of an activity have named. */
export async function listDistricts (db: Reader, activityId: string): Promise<string[]> {
  const rows = await db.$queryRaw<Array<{ district: string }>>`
    SELECT district FROM (SELECT DISTINCT district FROM bookings WHERE activity_id = ${activityId}::uuid AND district IS NOT NULL) AS named
    ORDER BY district COLLATE "en-GB-x-icu"`
  return rows.map(({ district }) => district)
}

/** Number of people that an activity has in each status; empty statuses are left out. */
export async function countAttendees (
  db: Reader, activityId: string
): Promise<Array<{ status: BookingStatus, people: number, places: number }>> {
  const groups = await db.booking.groupBy({
    by: ['status'], where: { activityId }, _count: true, _sum: { places: true }
  })
  return groups.map(({ status, _count, _sum }) => ({
    status: status as BookingStatus, people: _count, places: _sum.places ?? 0
  }))
}
