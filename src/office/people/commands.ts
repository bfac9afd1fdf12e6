import type { DateTime } from 'luxon'
import { getActivity } from '../../programme/activities/queries.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { getBookingOn } from '../../booking/bookings/queries.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { emailKey } from '../../mail/emails/email-key.ts'
import { recordOwedEmails, setEmailsAside } from '../../mail/emails/owing.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import { answerEffects, isAnswerable } from './access.ts'
import { NothingToAnswer } from './errors.ts'

/** A booking of an activity. */
export interface BookingOn { activityId: string, bookingId: string }

/** What is arranged for someone; `host` is the service's own. */
export interface Arranged extends BookingOn {
  answer: string
  /** The confirmation token of the effects that were read; undefined: nothing read yet. */
  confirmed: string | undefined
  host: string
}

/**
 * Notes what is arranged for someone and owes them an email that says so; an earlier one that still waits is not sent
 * any more. The same answer again changes nothing. Locks the booking and not its activity: no one's place changes, and
 * people book meanwhile. Throws `NothingToAnswer` and `ConfirmationRequired`.
 */
export async function answerAccess (
  db: Db, outbox: Outbox, { answer, confirmed, host, ...on }: Arranged, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const booking = await lockBookingOn(tx, on)
    const activity = await getActivity(tx, on.activityId)
    if (!isAnswerable(booking, activity, now)) throw new NothingToAnswer()
    if (booking.accessAnswer === answer) return
    requireConfirmation(answerEffects(booking, answer, activity), confirmed)

    await tx.booking.update({
      where: { id: booking.id }, data: { accessAnswer: answer, accessAnsweredAt: now.toJSDate() }
    })
    await setEmailsAside(tx, [booking.id], ['access-arranged'], 'Not sent: another answer was given.', now)
    await recordOwedEmails(tx, outbox, [emailKey('access-arranged', { bookingId: booking.id, sequence: 0 })], host, now)
    await record(tx, {
      staffMemberId: by.id, action: 'booking.access-answered', subject: activity.slug, details: { booking: booking.id }
    }, now)
  })
}

/**
 * Removes someone from the list of people who cannot be reached by email, because they were told by phone what the
 * emails say. Should another email not arrive, they are on it again. Doing it twice is doing it once.
 */
export async function notePhoned (
  db: Db, on: BookingOn, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { id, unreachableAt } = await lockBookingOn(tx, on)
    if (unreachableAt === undefined) return
    const { slug } = await getActivity(tx, on.activityId)

    await tx.booking.update({ where: { id }, data: { unreachableAt: null } })
    await record(tx, { staffMemberId: by.id, action: 'booking.telephoned', subject: slug, details: { booking: id } }, now)
  })
}

/** Takes a booking's row lock until the transaction ends, then reads it. Throws `BookingNotFound`. */
async function lockBookingOn (tx: Tx, { activityId, bookingId }: BookingOn): Promise<Booking> {
  await tx.$queryRaw`SELECT 1 FROM bookings WHERE id = ${bookingId}::uuid FOR UPDATE`
  return await getBookingOn(tx, activityId, bookingId)
}
