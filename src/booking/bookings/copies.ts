import { lockActivities } from '../../programme/activities/queries.ts'
import { live, unheard } from '../../programme/booking-rules.ts'
import type { Tx } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'

/** Copies of a booking on the lists of other dates that its holder has not heard of. */
const unannouncedCopies = (bookingId: string) => ({ copiedFromBookingId: bookingId, ...unheard.where })

/** Locks the activities of a booking and of its copies that its holder has not heard of. */
export async function lockWithCopies (tx: Tx, bookingId: string): Promise<void> {
  const rows = await tx.booking.findMany({
    where: { OR: [{ id: bookingId }, unannouncedCopies(bookingId)] }, select: { activityId: true }
  })
  await lockActivities(tx, rows.map(({ activityId }) => activityId))
}

/**
 * Updates copies to what is known of their holder now, who is asked later as known now. Deletes a copy if the new
 * address already has a live booking on its date.
 */
export async function updateCopies (
  tx: Tx, bookingId: string, known: Prisma.BookingUpdateManyMutationInput & { canonicalEmail?: string | null }
): Promise<void> {
  const copies = await tx.booking.findMany({
    where: unannouncedCopies(bookingId), select: { id: true, activityId: true }
  })
  for (const { id, activityId } of copies) {
    const { canonicalEmail = null } = known
    const sameAddress = { activityId, canonicalEmail, ...live.where, id: { not: id } }
    const other = canonicalEmail === null
      ? null
      : await tx.booking.findFirst({ where: sameAddress, select: { id: true } })
    if (other === null) await tx.booking.update({ where: { id }, data: known })
    else await tx.booking.delete({ where: { id } })
  }
}
