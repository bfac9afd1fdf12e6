import type { DateTime } from 'luxon'
import { assertToCome } from '../../programme/activities/errors.ts'
import { lockActivity } from '../../programme/activities/queries.ts'
import { known, live, reached } from '../../programme/booking-rules.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { EmailDue, Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Booking, CancelledBy } from './booking.ts'
import { activityCancellationEffects, bookingCancellationEffects } from './effects.ts'
import { assertHeld } from './link.ts'
import type { HeldLink } from './link.ts'
import { lockLiveBooking } from './queries.ts'
import { countRecipients } from './recipients.ts'

/**
 * Cancels a booking and frees its places. A calendar that has it is told by a CANCEL. For everything that people do by
 * a link, `by` is the link that they hold: it is checked again under the lock, and `LinkEnded` is thrown if it has
 * ended since.
 */
export async function cancelBooking (
  db: Db, outbox: Outbox, bookingId: string, now: DateTime<true>, by?: HeldLink
): Promise<void> {
  await db.$transaction(async tx => {
    const { booking } = await lockLiveBooking(tx, bookingId, now)
    assertHeld(booking, by)
    await cancelLocked(tx, outbox, booking, now)
  })
}

/**
 * Cancels someone's booking for them, or against their will: the email to them does not say that they asked for it.
 * Throws `ConfirmationRequired`.
 */
export async function cancelBookingByStaff (
  db: Db, outbox: Outbox, bookingId: string, confirmed: string | undefined, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { booking, activity } = await lockLiveBooking(tx, bookingId, now)
    requireConfirmation(bookingCancellationEffects(booking, activity), confirmed)
    await cancelLocked(tx, outbox, booking, now, 'organiser')
    await record(tx, {
      staffMemberId: by.id,
      action: 'booking.cancelled',
      subject: activity.slug,
      details: { booking: booking.id, was: booking.status }
    }, now)
  })
}

/** Cancels a live booking whose activity's row is locked. */
export async function cancelLocked (
  tx: Tx, outbox: Outbox, booking: Booking, now: DateTime<true>, by?: CancelledBy
): Promise<void> {
  const sequence = booking.confirmedAt === undefined ? booking.icalSequence : booking.icalSequence + 1
  await tx.booking.update({
    where: { id: booking.id },
    data: {
      status: 'cancelled', cancelledBy: by ?? null, icalSequence: sequence, calledAt: null, changedAt: now.toJSDate()
    }
  })
  await outbox.announce(tx, 'booking.cancelled', [{ bookingId: booking.id, sequence }])
  await outbox.announce(tx, 'place.freed', [{ activityId: booking.activityId }])
}

/** Why an activity is cancelled, as people will read it. */
export interface Cancelling {
  reason: string
  /** The confirmation token of the effects that were read; undefined: nothing read yet. */
  confirmed: string | undefined
}

/**
 * Cancels an activity, for good, and with it all its bookings: another date is another activity. Everyone who has a
 * place or waits is emailed, and calendars that carry the activity remove it. People who were carried over from another
 * date and have not heard of this one hear nothing. Returns how many are told by email. Throws `BookingNotOpen` where
 * it is cancelled already or over, and `ConfirmationRequired`.
 */
export async function cancelActivity (
  db: Db, outbox: Outbox, activityId: string, { reason, confirmed }: Cancelling, by: StaffMember, now: DateTime<true>
): Promise<{ told: number }> {
  return await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    assertToCome(activity, now)
    requireConfirmation(activityCancellationEffects(await countRecipients(tx, activity)), confirmed)
    await tx.activity.update({
      where: { id: activityId },
      data: { status: 'cancelled', cancellationReason: reason, icalSequence: { increment: 1 } }
    })
    const ended = await tx.$queryRaw<Array<EmailDue & { knows: boolean, isReachable: boolean }>>`
      UPDATE bookings SET status = 'cancelled', cancelled_by = 'activity', called_at = NULL,
        ical_sequence = ical_sequence + (confirmed_at IS NOT NULL)::int, changed_at = ${now.toJSDate()}
      WHERE activity_id = ${activityId}::uuid AND ${live.sql()}
      RETURNING id AS "bookingId", ical_sequence AS sequence, ${known.sql()} AS knows, ${reached.sql()} AS "isReachable"`
    const toTell = ended.filter(({ knows }) => knows)
    const told = toTell.filter(({ isReachable }) => isReachable).length
    await outbox.announce(tx, 'booking.cancelled', ended.map(({ bookingId, sequence }) => ({ bookingId, sequence })))
    await outbox.announce(tx, 'activity.changed', [{ activityId }])
    await record(tx, {
      staffMemberId: by.id,
      action: 'activity.cancelled',
      subject: activity.slug,
      details: { bookings: ended.length, told, toCall: toTell.length - told }
    }, now)
    return { told }
  })
}
