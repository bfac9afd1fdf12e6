import type { DateTime } from 'luxon'
import type { Db } from '../../platform/database/connect.ts'
import { checkInStateOf } from '../bookings/check-in-times.ts'
import { assertHeld } from '../bookings/link.ts'
import type { HeldLink } from '../bookings/link.ts'
import { getBooking } from '../bookings/queries.ts'
import { isCode } from './code.ts'
import type { CheckInCodes } from './code.ts'
import { NotCheckInTime, WrongCode } from './errors.ts'

/**
 * Records that the holder of a booking was here, because they typed the code that was shown there. Returns whether that
 * is recorded now: what a host has noted before stays, and they are told whom to ask.
 *
 * Locks the booking's own row, as joining does: no place is taken or freed. Throws `NotCheckInTime` before it looks at
 * the code, so that nobody finds a code by trying where it does not count.
 */
export async function checkIn (
  db: Db, codes: CheckInCodes, bookingId: string, typed: string, now: DateTime<true>, by?: HeldLink
): Promise<boolean> {
  return await db.$transaction(async tx => {
    await tx.$queryRaw`SELECT 1 FROM bookings WHERE id = ${bookingId}::uuid FOR UPDATE`
    const booking = await getBooking(tx, bookingId)
    assertHeld(booking, by)
    const state = checkInStateOf(booking, now)
    if (state !== 'open') throw new NotCheckInTime(state)
    if (!codes.codesOf(booking.activityId).some(code => isCode(code, typed))) throw new WrongCode()
    if (booking.attended !== undefined) return booking.attended
    await tx.booking.update({ where: { id: bookingId }, data: { attended: true, attendanceSource: 'checked-in' } })
    return true
  })
}
