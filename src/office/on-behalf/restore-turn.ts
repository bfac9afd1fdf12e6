import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { occupancyOf } from '../../programme/activities/queries.ts'
import { freePlaces } from '../../programme/activities/supply.ts'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { lockBooking, positionOf } from '../../booking/bookings/queries.ts'
import type { Db, Reader } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { setEmailsAside } from '../../mail/emails/owing.ts'
import type { EmailKind } from '../../mail/emails/kinds.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import { assertFree } from './address-in-use.ts'
import { NoTurnToRestore } from './errors.ts'
import { hasList, hasLostTurn, turnEffects } from './turn.ts'

/**
 * Gives someone back their turn on a waiting list: they stand where they stood, before everyone who came later. Does
 * nothing if it is restored already. Throws `NoTurnToRestore`, `BookedThere` where they have joined again, and
 * `ConfirmationRequired`.
 */
export async function restoreTurn (
  db: Db, outbox: Outbox, bookingId: string, confirmed: string | undefined, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { booking, activity } = await lockBooking(tx, bookingId)
    if (booking.status === 'waiting') return
    requireConfirmation(await effectsOfTurn(tx, booking, activity, now), confirmed)

    await setEmailsAside(tx, [bookingId], emailsOfALostTurn, 'Not sent: their turn was restored.', now)
    await tx.booking.update({
      where: { id: bookingId },
      data: { status: 'waiting', lapseReason: null, cancelledBy: null, offeredUntil: null, changedAt: now.toJSDate() }
    })
    await outbox.announce(tx, 'waiting-list.joined', [{ bookingId, sequence: booking.icalSequence }])
    await outbox.announce(tx, 'place.freed', [{ activityId: activity.id }])
    await record(tx, {
      staffMemberId: by.id, action: 'booking.turn-restored', subject: activity.slug, details: { booking: bookingId }
    }, now)
  })
}

/** The effects of restoring someone's turn at `now`. Throws `NoTurnToRestore` and `BookedThere`. */
export async function effectsOfTurn (
  db: Reader, booking: Booking, activity: Activity, now: DateTime<true>
): Promise<Effects> {
  if (!hasLostTurn(booking)) throw new NoTurnToRestore('never-lost')
  if (!hasList(activity, now)) throw new NoTurnToRestore('no-list')
  if (booking.email !== undefined) {
    const address = canonicalAddress(booking.email)
    await assertFree(db, activity.id, address, booking.id, 'They have joined again since, with another booking')
  }
  const free = freePlaces(activity, await occupancyOf(db, activity.id))
  return { sentences: turnEffects(booking, { position: await positionOf(db, booking), free }), changes: [] }
}

/** Each of these goes out once in the life of a booking, and once more after its turn was restored. */
const emailsOfALostTurn: EmailKind[] = [
  'waiting-list-joined', 'offer-lapsed', 'offer-refused', 'waiting-list-closed', 'cancelled', 'cancelled-by-us'
]
