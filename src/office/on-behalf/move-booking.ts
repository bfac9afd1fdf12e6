import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { assertToCome } from '../../programme/activities/errors.ts'
import { getActivity, lockActivities, occupancyOf } from '../../programme/activities/queries.ts'
import { liveStatuses, ordinary } from '../../booking/bookings/booking.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { lapseOffers } from '../../booking/bookings/request-places.ts'
import { AlreadyCancelled, BookingMoved, BookingNotFound } from '../../booking/bookings/errors.ts'
import { bookingOf } from '../../booking/bookings/queries.ts'
import { unheard } from '../../programme/booking-rules.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { setEmailsAside } from '../../mail/emails/owing.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import { assertFree } from './address-in-use.ts'
import { CannotMoveThere } from './errors.ts'
import { admissionOn, isDateFor, moveEffects } from './moving.ts'

/** Where a booking is to go, with the marks of what was read. */
export interface Move {
  /** The id of the activity. */
  to: string
  /** The token of what they read that it does; undefined: nothing yet. */
  confirmed: string | undefined
}

/**
 * Moves a booking to another date of its campaign: its place there, its link and its entry in a calendar stay
 * its own, and its place here goes to the next in line. Moved there already, it stays. Throws
 * `CannotMoveThere`, `BookedThere` where the address has a booking on that date, and `ConfirmationRequired`.
 *
 * Locks both activities, in the order of their ids, before it reads either: a move in the other direction at the same
 * moment comes before this one or waits for it.
 */
export async function moveBooking (
  db: Db, outbox: Outbox, bookingId: string, { to, confirmed }: Move, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const found = await tx.booking.findUnique({ where: { id: bookingId }, select: { activityId: true } })
    if (found === null) throw new BookingNotFound()
    await lockActivities(tx, [found.activityId, to])
    const row = await tx.booking.findUniqueOrThrow({ where: { id: bookingId } })
    const booking = bookingOf(row)
    if (booking.activityId === to) return
    if (booking.activityId !== found.activityId) throw new BookingMoved()
    const [here, there] = [await getActivity(tx, found.activityId), await getActivity(tx, to)]
    assertMoves(booking, here, there, now)
    if (row.canonicalEmail !== null) await deleteUnannouncedCopy(tx, booking, row.canonicalEmail, to)

    const haveLapsed = await lapseOffers(tx, outbox, to, now)
    const occupancy = await occupancyOf(tx, to)
    const admission = admissionOn(there, occupancy, booking, now)
    if (admission === 'full') throw new CannotMoveThere('full')
    requireConfirmation({ sentences: moveEffects(booking, here, there, admission, occupancy), changes: [] }, confirmed)

    // A first invitation is a new entry; people with a calendar entry, or on the list, are told of a change.
    const isFirst = admission === 'confirmed' && booking.confirmedAt === undefined
    const sequence = isFirst ? booking.icalSequence : booking.icalSequence + 1
    const at = now.toJSDate()
    await tx.booking.update({
      where: { id: bookingId },
      data: {
        activityId: to,
        arrival: await nextArrival(tx),
        status: admission,
        icalSequence: sequence,
        changedAt: at,
        ...(admission === 'waiting' ? { waitedAt: at } : { confirmedAt: row.confirmedAt ?? at }),
        offeredUntil: null,
        calledAt: null,
        holdId: null,
        priority: ordinary,
        attended: null,
        minutesAtLeast: null,
        joinedAt: null,
        accessAnswer: null,
        accessAnsweredAt: null
      }
    })
    await setEmailsAside(tx, bookingId, ['bulletin'], 'Not sent: they have moved to another date.', now)
    await outbox.announce(tx, isFirst ? 'booking.confirmed' : 'booking.changed', [{ bookingId, sequence }])
    await outbox.announce(tx, 'place.freed', [
      { activityId: here.id }, ...haveLapsed || admission === 'waiting' ? [{ activityId: to }] : []
    ])
    await record(tx, {
      staffMemberId: by.id,
      action: 'booking.moved',
      subject: here.slug,
      details: { booking: bookingId, activity: [here.slug, there.slug] }
    }, now)
  })
}

function assertMoves (booking: Booking, here: Activity, there: Activity, now: DateTime<true>): void {
  if (!liveStatuses.includes(booking.status)) throw new AlreadyCancelled()
  assertToCome(here, now)
  if (booking.copiedFromBookingId !== undefined && booking.status !== 'confirmed') throw new CannotMoveThere('carried')
  if (!isDateFor(here, there, now)) throw new CannotMoveThere('not-offered')
  if (booking.places > there.placesPerBooking) throw new CannotMoveThere('party-too-large')
}

/**
 * Deletes the copy of a booking on another date's list if its holder does not know about it; any other stays in the
 * way.
 */
async function deleteUnannouncedCopy (
  tx: Tx, { id }: Booking, canonicalEmail: string, activityId: string
): Promise<void> {
  await tx.booking.deleteMany({ where: { activityId, copiedFromBookingId: id, ...unheard.where } })
  await assertFree(tx, activityId, canonicalEmail, id, 'They have a booking on that date already')
}

async function nextArrival (tx: Tx): Promise<bigint> {
  const [{ arrival } = { arrival: 0n }] = await tx.$queryRaw<Array<{ arrival: bigint }>>`
    SELECT nextval(pg_get_serial_sequence('bookings', 'arrival')) AS arrival`
  return arrival
}
