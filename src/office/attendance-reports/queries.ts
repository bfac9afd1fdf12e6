import { inOrderOf } from '../../booking/attendees/matching.ts'
import type { AttendanceSource } from '../../booking/bookings/booking.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import type { Candidate } from './matching.ts'
import type { Noted } from './review.ts'

/** Someone with a place, as far as a report is compared with it. */
export interface Booked extends Candidate, Noted {
  places: number
  attendanceSource: AttendanceSource | undefined
}

/** A row of someone with a place. */
interface Row extends Omit<Booked, 'canonicalEmail' | 'attended' | 'minutesAtLeast' | 'attendanceSource'> {
  canonicalEmail: string | null
  attended: boolean | null
  minutesAtLeast: number | null
  attendanceSource: AttendanceSource | null
}

/** Everyone who has a place in an activity, by surname, as on every list. */
export async function listBooked (db: Reader, activityId: string): Promise<Booked[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT b.id, b.reference, b.name, b.canonical_email AS "canonicalEmail", b.places, b.attended,
      b.minutes_at_least AS "minutesAtLeast", b.attendance_source AS "attendanceSource"
    FROM bookings b WHERE b.activity_id = ${activityId}::uuid AND b.status = 'confirmed'
    ORDER BY ${inOrderOf({ sort: 'name', isDescending: false })}`
  return rows.map(row => ({
    ...row,
    canonicalEmail: row.canonicalEmail ?? undefined,
    attended: row.attended ?? undefined,
    minutesAtLeast: row.minutesAtLeast ?? undefined,
    attendanceSource: row.attendanceSource ?? undefined
  }))
}

/**
 * Takes the row locks of those of these bookings of an activity that have a place, in the order of their ids, then
 * reads what is recorded of them. The activity's row is locked by then: office/on-the-day locks in the same order.
 */
export async function lockNoted (
  tx: Tx, activityId: string, bookingIds: readonly string[]
): Promise<Map<string, Noted>> {
  const rows = await tx.$queryRaw<Array<{ id: string, attended: boolean | null, minutesAtLeast: number | null }>>`
    SELECT id, attended, minutes_at_least AS "minutesAtLeast" FROM bookings
    WHERE id = ANY (${bookingIds}::uuid[]) AND activity_id = ${activityId}::uuid AND status = 'confirmed'
    ORDER BY id FOR UPDATE`
  return new Map(rows.map(({ id, attended, minutesAtLeast }) =>
    [id, { attended: attended ?? undefined, minutesAtLeast: minutesAtLeast ?? undefined }]))
}
