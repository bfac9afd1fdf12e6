import type { DateTime } from 'luxon'
import { known, live } from '../../programme/booking-rules.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { canonicalAddress } from './address.ts'
import { answerSequence } from './repeated-requests.ts'

/**
 * Sends the links of an address's live bookings that are still to come to that address, no matter who asks. The caller
 * learns nothing: the answer is the same for an address that has none.
 */
export async function requestLinks (db: Db, outbox: Outbox, email: string, now: DateTime<true>): Promise<void> {
  await db.$transaction(async tx => {
    const bookings = await tx.booking.findMany({
      where: {
        canonicalEmail: canonicalAddress(email),
        ...live.where,
        ...known.where,
        activity: { endsAt: { gt: now.toJSDate() } }
      },
      select: { id: true },
      orderBy: { activity: { startsAt: 'asc' } },
      take: 20
    })
    await outbox.announce(tx, 'booking-link.requested', bookings.map(({ id }) => ({
      bookingId: id, sequence: answerSequence(now)
    })))
  })
}
