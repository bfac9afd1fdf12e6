import type { DateTime } from 'luxon'
import { occupancyOf } from '../../programme/activities/queries.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { returnDueHolds } from '../holds/commands.ts'
import { hasReturned } from '../holds/hold.ts'
import { getHold } from '../holds/queries.ts'
import type { Outbox } from '../../platform/outbox.ts'
import type { Booking } from './booking.ts'
import { mayChangePlaces, maxPlaces } from './capacity.ts'
import { updateCopies, lockWithCopies } from './copies.ts'
import { NoPlacesLeft, PhoneNeeded, TooManyPlaces } from './errors.ts'
import { assertHeld } from './link.ts'
import type { HeldLink } from './link.ts'
import { changedBy } from './own-details.ts'
import type { OwnChange } from './own-details.ts'
import { lockLiveBooking } from './queries.ts'

/**
 * Changes how many places a booking has. The invitation states the number, so the booking's SEQUENCE goes up by one.
 * Asking for the current number changes nothing.
 */
export async function changePlaces (
  db: Db, outbox: Outbox, bookingId: string, places: number, now: DateTime<true>, by?: HeldLink
): Promise<void> {
  await db.$transaction(async tx => {
    const { booking, activity } = await lockLiveBooking(tx, bookingId, now)
    assertHeld(booking, by)
    if (places === booking.places) return
    await assertMayHave(tx, booking, activity, places, now)

    const sequence = booking.icalSequence + 1
    await tx.booking.update({
      where: { id: bookingId }, data: { places, icalSequence: sequence, changedAt: now.toJSDate() }
    })

    await outbox.announce(tx, 'booking.changed', [{ bookingId, sequence }])
    if (places < booking.places) await outbox.announce(tx, 'place.freed', [{ activityId: activity.id }])
  })
}

/**
 * Changes what we know of the holder of a booking, at their own request. Access needs or a question that they change
 * are open again: no one has arranged or answered them. Emails and invitations contain the name, so a new name raises
 * SEQUENCE and is announced. Their bookings on other dates, if they have not heard of those, are updated too. Returns
 * whether anything changed. Throws `PhoneNeeded` if that would leave no way to reach them.
 */
export async function changeOwnDetails (
  db: Db, outbox: Outbox, bookingId: string, change: OwnChange, now: DateTime<true>, by?: HeldLink
): Promise<boolean> {
  return await db.$transaction(async tx => {
    await lockWithCopies(tx, bookingId)
    const { booking } = await lockLiveBooking(tx, bookingId, now)
    assertHeld(booking, by)
    const changed = changedBy(change, booking)
    if (changed.length === 0) return false
    if (booking.email === undefined && change.phone === null) throw new PhoneNeeded()

    const told = changed.includes('name')
    const sequence = booking.icalSequence + Number(told)
    const known = {
      ...Object.fromEntries(changed.map(name => [name, change[name]])),
      ...(changed.includes('accessNeeds') && { accessAnswer: null, accessAnsweredAt: null }),
      ...(changed.includes('question') && { questionOutcome: null, questionSettledAt: null, questionSettledById: null })
    }
    await tx.booking.update({
      where: { id: bookingId }, data: { ...known, icalSequence: sequence, ...(told && { changedAt: now.toJSDate() }) }
    })
    await updateCopies(tx, bookingId, known)
    await writeHistory(tx, bookingId, changed, now)
    if (told) await outbox.announce(tx, 'booking.changed', [{ bookingId, sequence }])
    return true
  })
}

/** Records which details someone changed, without changing the state of their booking. */
async function writeHistory (
  tx: Tx, bookingId: string, details: readonly string[], now: DateTime<true>
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO booking_events (booking_id, at, activity_id, status, places, offers, called, reason, mode, held, details)
    SELECT b.id, ${now.toJSDate()}, b.activity_id, b.status, b.places, b.offers, b.called_at IS NOT NULL,
      coalesce(b.lapse_reason, b.cancelled_by), a.waiting_list, b.hold_id IS NOT NULL, ${[...details]}::text[]
    FROM bookings b JOIN activities a ON a.id = b.activity_id WHERE b.id = ${bookingId}::uuid`
}

/** Throws unless a booking whose activity's row is locked may change to so many places. */
export async function assertMayHave (
  tx: Tx, booking: Booking, activity: Activity, places: number, now: DateTime<true>
): Promise<void> {
  const most = maxPlaces(activity, booking)
  if (places > most) throw new TooManyPlaces(most)
  const hold = booking.holdId === undefined ? undefined : await getHold(tx, booking.holdId)
  const isOver = hold !== undefined && hasReturned(hold, now)
  if (isOver) await returnDueHolds(tx, activity.id, now)
  const occupancy = await occupancyOf(tx, activity.id)
  if (!mayChangePlaces(activity, occupancy, booking, places, isOver ? undefined : hold)) throw new NoPlacesLeft()
}

/** Records whether the holder of a live booking wants reminders. Repeating it changes nothing. */
export async function changeReminders (
  db: Db, bookingId: string, areWanted: boolean, now: DateTime<true>, by?: HeldLink
): Promise<void> {
  await db.$transaction(async tx => {
    const { booking } = await lockLiveBooking(tx, bookingId, now)
    assertHeld(booking, by)
    await tx.booking.update({ where: { id: bookingId }, data: { remindersOff: !areWanted } })
  })
}
