import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { closesAt } from '../../programme/activities/booking-window.ts'
import { assertNotClosed } from '../../programme/activities/errors.ts'
import { lockActivities, lockActivity, occupancyOf } from '../../programme/activities/queries.ts'
import { freePlaces } from '../../programme/activities/supply.ts'
import type { Booking } from '../bookings/booking.ts'
import { cancelLocked } from '../bookings/cancel.ts'
import { BookingMoved, BookingNotFound } from '../bookings/errors.ts'
import { assertHeld } from '../bookings/link.ts'
import type { HeldLink } from '../bookings/link.ts'
import { bookingOf, lockBooking } from '../bookings/queries.ts'
import { known, live } from '../../programme/booking-rules.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { NothingOffered, OfferEnded, PlaceTaken } from './errors.ts'
import { servingOf, whoIsServedNow } from './offer.ts'
import { clearStaleCalls, confirm } from './serve.ts'

/**
 * Accepts the place that someone was offered, or that is open to the first who accepts. Someone who came from another
 * date's list leaves that date and its other copies, whether they wait there, were asked or have a place by now: one
 * person comes once. Accepting again changes nothing.
 */
export async function acceptOffer (
  db: Db, outbox: Outbox, bookingId: string, now: DateTime<true>, by?: HeldLink
): Promise<void> {
  const refusal = await db.$transaction(async tx => {
    const { booking, activity, others } = await lockWithOtherDates(tx, bookingId, now)
    assertHeld(booking, by)
    if (booking.status === 'confirmed') return
    if (booking.status === 'waiting') {
      const refusal = await whyNotFirst(tx, booking, activity, now)
      if (refusal !== undefined) {
        // Someone who is told that there is no place is called again when there is one.
        await tx.booking.update({ where: { id: bookingId }, data: { calledAt: null, changedAt: now.toJSDate() } })
        return refusal
      }
    } else {
      assertStands(booking, activity, now)
    }

    await confirm(tx, outbox, [{ bookingId, sequence: booking.icalSequence }], now)
    await clearStaleCalls(tx, activity.id, whoIsServedNow(activity, ['call'], now), freePlaces(activity, await occupancyOf(tx, activity.id)), now)
    await cancelLocked(tx, outbox, others, now)
  })
  if (refusal !== undefined) throw refusal
}

/** Gives back an offered place. The person leaves the list, and may join it again. */
export async function refuseOffer (
  db: Db, outbox: Outbox, bookingId: string, now: DateTime<true>, by?: HeldLink
): Promise<void> {
  await db.$transaction(async tx => {
    const { booking, activity } = await lockBooking(tx, bookingId)
    assertHeld(booking, by)
    if (booking.status === 'waiting') throw new NothingOffered()
    assertStands(booking, activity, now)
    await tx.booking.update({
      where: { id: bookingId }, data: { status: 'lapsed', lapseReason: 'refused', changedAt: now.toJSDate() }
    })
    await outbox.announce(tx, 'booking.lapsed', [{ bookingId, sequence: booking.offers }])
    await outbox.announce(tx, 'place.freed', [{ activityId: activity.id }])
  })
}

/**
 * Locks the activity of a booking, and those of the other dates on which the same person waits, was asked or has a
 * place, because one led to the other. Then reads the booking, and the person's live bookings on those dates that were
 * asked for or offered and are still to come.
 */
async function lockWithOtherDates (
  tx: Tx, bookingId: string, now: DateTime<true>
): Promise<{ booking: Booking, activity: Activity, others: Booking[] }> {
  const found = await tx.booking.findUnique({
    where: { id: bookingId }, select: { activityId: true, copiedFromBookingId: true }
  })
  if (found === null) throw new BookingNotFound()
  const first = found.copiedFromBookingId
  const ofOtherDates = first === null
    ? []
    : await tx.booking.findMany({
      where: { OR: [{ id: first }, { copiedFromBookingId: first }], id: { not: bookingId } },
      select: { id: true, activityId: true }
    })
  await lockActivities(tx, [found, ...ofOtherDates].map(({ activityId }) => activityId))
  const activity = await lockActivity(tx, found.activityId)
  const others = await tx.booking.findMany({
    where: {
      id: { in: ofOtherDates.map(({ id }) => id) },
      ...live.where,
      ...known.where,
      activity: { endsAt: { gt: now.toJSDate() } }
    }
  })
  const booking = bookingOf(await tx.booking.findUniqueOrThrow({ where: { id: bookingId } }))
  const locked = new Set(ofOtherDates.map(({ activityId }) => activityId))
  const hasMoved = booking.activityId !== activity.id || others.some(({ activityId }) => !locked.has(activityId))
  if (hasMoved) throw new BookingMoved()
  return { activity, booking, others: others.map(bookingOf) }
}

/** Returns why someone who waits cannot be the first to accept at `now`; undefined if they can. */
async function whyNotFirst (
  tx: Tx, booking: Booking, activity: Activity, now: DateTime<true>
): Promise<NothingOffered | PlaceTaken | undefined> {
  const isCalled = now < closesAt(activity) &&
    servingOf(activity, { isCopy: booking.copiedFromBookingId !== undefined }, now) === 'call'
  if (!isCalled) return new NothingOffered()
  assertNotClosed(activity, now)
  const free = freePlaces(activity, await occupancyOf(tx, activity.id))
  return booking.places > free ? new PlaceTaken(booking.places) : undefined
}

/** Throws unless an offer still stands at `now`; at the very instant at which it ends it no longer does. */
function assertStands (booking: Booking, activity: Activity, now: DateTime<true>): void {
  const { offeredUntil } = booking
  if (offeredUntil === undefined || now >= offeredUntil || now >= closesAt(activity)) throw new OfferEnded()
  assertNotClosed(activity, now)
}
