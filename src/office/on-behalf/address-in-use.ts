import { live } from '../../programme/booking-rules.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { BookedThere } from './errors.ts'
import type { Obstacle } from './errors.ts'

/** Throws where a live booking other than `except` has an address, in an activity whose row is locked. */
export async function assertFree (
  db: Reader, activityId: string, canonicalEmail: string, except: string, sentence: string
): Promise<void> {
  const other = await db.booking.findFirst({
    where: { activityId, canonicalEmail, ...live.where, id: { not: except } },
    select: { id: true, reference: true }
  })
  if (other !== null) throw new BookedThere(other.id, `${sentence}: ${other.reference}.`)
}

/** Those of these bookings whose address has another live one, in an activity whose row is locked. */
export async function listBookedThere (
  db: Reader, activityId: string, bookings: readonly Booking[]
): Promise<Obstacle[]> {
  const rows = await db.$queryRaw<Array<{ id: string, reference: string, name: string }>>`
    SELECT b.id, b.reference, moving.name FROM bookings moving JOIN bookings b
      ON b.canonical_email = moving.canonical_email AND b.activity_id = ${activityId}::uuid AND ${live.sql('b')}
    WHERE moving.id = ANY (${bookings.map(({ id }) => id)}::uuid[]) AND b.id <> moving.id
    ORDER BY moving.arrival`
  return rows.map(({ name, ...there }) => ({ why: 'booked-there', name, there }))
}
