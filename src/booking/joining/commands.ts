import type { DateTime } from 'luxon'
import { assertHeld } from '../bookings/link.ts'
import type { HeldLink } from '../bookings/link.ts'
import { getBooking } from '../bookings/queries.ts'
import type { BookingWithActivity } from '../bookings/queries.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { joinAccessAt } from './join-times.ts'

/**
 * Lets the holder of a place in while the door is open, and records that they came: when they first did, and that they
 * attended. Returns the link, sealed, that leads into the workshop now; undefined if they cannot go in, and then
 * nothing is recorded.
 *
 * The booking's own row is locked, not the activity's: no place is taken or freed, and everyone comes in the same few
 * minutes. A cancellation of the booking at that moment comes first or waits.
 */
export async function joinWorkshop (
  db: Db, bookingId: string, now: DateTime<true>, by?: HeldLink
): Promise<{ booking: BookingWithActivity, joinUrlSealed: string | undefined }> {
  return await db.$transaction(async tx => {
    const booking = await lockBooking(tx, bookingId)
    assertHeld(booking, by)
    if (joinAccessAt(booking, now) !== 'open') return { booking, joinUrlSealed: undefined }

    // Once: an organiser's later correction stands.
    if (booking.joinedAt === undefined) {
      await tx.booking.update({ where: { id: bookingId }, data: { joinedAt: now.toJSDate(), attended: true, attendanceSource: 'joined' } })
    }
    return { booking, joinUrlSealed: booking.activity.joinUrlSealed }
  })
}

/** Takes a booking's row lock until the transaction ends, then reads it. Throws if it has been erased. */
async function lockBooking (tx: Tx, id: string): Promise<BookingWithActivity> {
  await tx.$queryRaw`SELECT 1 FROM bookings WHERE id = ${id}::uuid FOR UPDATE`
  return await getBooking(tx, id)
}
