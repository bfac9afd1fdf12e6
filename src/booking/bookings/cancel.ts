import type { DateTime } from 'luxon'
import { endingWhatWaits } from '../../programme/activities/decisions.ts'
import { BookingNotOpen, assertToCome } from '../../programme/activities/errors.ts'
import { lockActivity } from '../../programme/activities/queries.ts'
import { known, live, reached } from '../../programme/booking-rules.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { EmailDue, Outbox } from '../../platform/outbox.ts'
import { record, recordAll } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import { isReachable } from './booking.ts'
import type { Booking, CancelledBy } from './booking.ts'
import { activityCancellationEffects, bookingCancellationEffects, stillLive } from './effects.ts'
import { AlreadyCancelled } from './errors.ts'
import { assertHeld } from './link.ts'
import type { HeldLink } from './link.ts'
import { getChosen, lockLiveBooking } from './queries.ts'
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
    await cancelLocked(tx, outbox, [booking], now)
  })
}

/** The bookings of one activity that staff cancel, and what they have read. */
export interface StaffCancellation {
  activityId: string
  bookingIds: readonly string[]
  /** The confirmation token of the effects that were read; undefined: nothing read yet. */
  confirmed: string | undefined
}

/**
 * Cancels people's bookings for them, or against their will: the emails to them do not say that they asked for it. All
 * or none; a booking that has ended meanwhile stays as it is, and the effects say so. Returns how many of these people
 * emails reach, and how many are to be called; who was carried over and has not heard of it is neither. Throws
 * `AlreadyCancelled` where all have ended, `ChosenGone`, `BookingNotOpen` and `ConfirmationRequired`.
 */
export async function cancelBookingsByStaff (
  db: Db, outbox: Outbox, { activityId, bookingIds, confirmed }: StaffCancellation, by: StaffMember, now: DateTime<true>
): Promise<{ told: number, toCall: number }> {
  return await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    const chosen = await getChosen(tx, activityId, bookingIds)
    const bookings = stillLive(chosen)
    if (bookings.length === 0) throw new AlreadyCancelled(chosen.length)
    if (now >= activity.endsAt) throw new BookingNotOpen('over')
    requireConfirmation(bookingCancellationEffects(chosen, activity), confirmed)
    await cancelLocked(tx, outbox, bookings, now, 'organiser')
    await recordAll(tx, bookings.map(({ id, status }) => ({
      staffMemberId: by.id,
      action: 'booking.cancelled' as const,
      subject: activity.slug,
      details: { booking: id, was: status }
    })), now)
    const aware = bookings.filter(known.holds)
    const told = aware.filter(isReachable).length
    return { told, toCall: aware.length - told }
  })
}

/** Cancels live bookings whose activities' rows are locked. */
export async function cancelLocked (
  tx: Tx, outbox: Outbox, bookings: readonly Booking[], now: DateTime<true>, by?: CancelledBy
): Promise<void> {
  if (bookings.length === 0) return
  const ended = await end(tx, Prisma.sql`id = ANY (${bookings.map(({ id }) => id)}::uuid[])`, now, by)
  await outbox.announce(tx, 'booking.cancelled', ended.map(dueOf))
  await outbox.announce(tx, 'place.freed',
    [...new Set(bookings.map(({ activityId }) => activityId))].map(activityId => ({ activityId })))
}

/** A booking that was ended: what is announced of it, and whether its holder knows of it and emails reach them. */
interface Ended extends EmailDue { knows: boolean, isReachable: boolean }

/** Writes that bookings are cancelled. A calendar may have those that ever had a place: their SEQUENCE goes up. */
async function end (tx: Tx, which: Prisma.Sql, now: DateTime<true>, by?: CancelledBy): Promise<Ended[]> {
  return await tx.$queryRaw<Ended[]>`
    UPDATE bookings SET status = 'cancelled', cancelled_by = ${by ?? null}, called_at = NULL,
      ical_sequence = ical_sequence + (confirmed_at IS NOT NULL)::int, changed_at = ${now.toJSDate()}
    WHERE ${which}
    RETURNING id AS "bookingId", ical_sequence AS sequence, ${known.sql()} AS knows, ${reached.sql()} AS "isReachable"`
}

function dueOf ({ bookingId, sequence }: Ended): EmailDue {
  return { bookingId, sequence }
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
    return await cancelIn(tx, outbox, activity, { reason, by }, now)
  })
}

/**
 * The same of an activity whose row is locked, as a part of what is done to it; without anyone, who entered it without
 * an account withdraws it.
 */
export async function cancelIn (
  tx: Tx, outbox: Outbox, { id: activityId, slug }: { id: string, slug: string },
  { reason, by }: { reason: string, by?: StaffMember }, now: DateTime<true>
): Promise<{ told: number }> {
  await endingWhatWaits(tx, outbox, { ids: [activityId], ending: 'cancelled', by }, now, async () => {
    await tx.activity.update({
      where: { id: activityId },
      data: { status: 'cancelled', cancellationReason: reason, icalSequence: { increment: 1 } }
    })
  })
  const ended = await end(tx, Prisma.sql`activity_id = ${activityId}::uuid AND ${live.sql()}`, now, 'activity')
  const toTell = ended.filter(({ knows }) => knows)
  const told = toTell.filter(({ isReachable }) => isReachable).length
  await outbox.announce(tx, 'booking.cancelled', ended.map(dueOf))
  await outbox.announce(tx, 'activity.changed', [{ activityId }])
  await record(tx, {
    staffMemberId: by?.id,
    action: 'activity.cancelled',
    subject: slug,
    details: { bookings: ended.length, told, toCall: toTell.length - told }
  }, now)
  return { told }
}
