import type { DateTime } from 'luxon'
import { cancelBookingsByStaff } from '../../src/booking/bookings/cancel.ts'
import type { StaffMember } from '../../src/identity/staff/staff-member.ts'
import { ConfirmationRequired, confirmationToken } from '../../src/identity/staff/confirmation.ts'
import type { World } from './world.ts'

/** Does something as people do who read what it does to others, and confirm that, as often as it is another thing. */
export async function confirming<T> (act: (confirmed: string | undefined) => Promise<T>): Promise<T> {
  let confirmed: string | undefined
  for (;;) {
    try {
      return await act(confirmed)
    } catch (error) {
      if (!(error instanceof ConfirmationRequired)) throw error
      confirmed = confirmationToken(error.effects)
    }
  }
}

/** Cancels people's bookings of one activity for them, as staff do who have read what it does. */
export async function cancelForThem (
  { db, outbox }: Pick<World, 'db' | 'outbox'>, bookingIds: string[], by: StaffMember, now: DateTime<true>
): Promise<{ told: number, toCall: number }> {
  const { activityId } = await db.booking.findFirstOrThrow({ where: { id: { in: bookingIds } } })
  return await confirming(async confirmed =>
    await cancelBookingsByStaff(db, outbox, { activityId, bookingIds, confirmed }, by, now))
}
