import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { bookability, closesAt } from '../../programme/activities/booking-window.ts'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { lockActivities, lockActivity, occupancyOf } from '../../programme/activities/queries.ts'
import { freePlaces } from '../../programme/activities/supply.ts'
import { isReachable, ordinary } from '../bookings/booking.ts'
import type { Booking } from '../bookings/booking.ts'
import { cancelLocked } from '../bookings/cancel.ts'
import { lapseOffers } from '../bookings/request-places.ts'
import { BookingMoved, BookingNotFound } from '../bookings/errors.ts'
import { assertHeld } from '../bookings/link.ts'
import type { HeldLink } from '../bookings/link.ts'
import { bookingOf } from '../bookings/queries.ts'
import type { PriorityGroup } from '../bookings/effective-status.ts'
import { known, live, unheard } from '../../programme/booking-rules.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { returnDueHolds } from '../holds/commands.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { EmailDue, Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import {
  NotByHand, NothingOffered, NotWaiting, OfferEnded, PartyDoesNotFit, PlaceTaken, PriorityGroupUnknown
} from './errors.ts'
import { whoFits } from './line.ts'
import { offerEnd, servingOf, whoIsServedNow } from './offer.ts'
import type { ServedNow } from './offer.ts'
import { pickEffects } from './pick-effects.ts'
import { isServed, isSettledElsewhere, listUnserved, readLine } from './queries.ts'

/** Maximum number of emails per transaction: someone who books meanwhile waits for no more than this. */
const batchSize = 1000

/**
 * Brings an activity's waiting list up to `now`: holds that are due return, offers that ran out lapse, free places go
 * to those who wait in their order, and once booking closes the list does. Everyone concerned is told. Does nothing if
 * there is nothing to do, so it may run at any time, any number of times.
 */
export async function serveWaitingList (
  db: Db, outbox: Outbox, activityId: string, now: DateTime<true>
): Promise<void> {
  for (let isDone = false; !isDone;) {
    isDone = await db.$transaction(async tx => {
      const activity = await lockActivity(tx, activityId)
      if (activity.status !== 'published' || activity.booking !== 'places') return true
      await returnDueHolds(tx, activityId, now)
      if (activity.isAnotherDate) await removeResolvedCopies(tx, activity, now)
      if (now >= closesAt(activity)) return await closeList(tx, outbox, activityId, now)
      await lapseOffers(tx, outbox, activityId, now)
      const areAllServed = await serveFreePlaces(tx, outbox, activity, now)
      const areAllCalled = await openToAllWaiting(tx, outbox, activity, now)
      return areAllServed && areAllCalled
    })
  }
}

/**
 * Serves every list with something to do, in case a fact got lost. An activity that fails keeps none of the others
 * waiting; all failures are in the one error at the end.
 */
export async function sweepWaitingLists (db: Db, outbox: Outbox, now: DateTime<true>): Promise<void> {
  const failures: unknown[] = []
  for (const id of await listUnserved(db, now)) {
    await serveWaitingList(db, outbox, id, now).catch(error => { failures.push(error) })
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} waiting lists could not be served.`)
}

/**
 * Removes people from another date's list who have not heard of it and need not: they have a place on the date that
 * they asked for or on another, or have left that list, or this date's booking closes. If the first date was cancelled
 * they have not left: this is the one they can come to instead.
 */
async function removeResolvedCopies (tx: Tx, activity: Activity, now: DateTime<true>): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM bookings b
    WHERE activity_id = ${activity.id}::uuid AND ${unheard.sql('b')}
      AND (${now >= closesAt(activity)}::boolean OR ${isSettledElsewhere})`
}

/**
 * Ends the offers and the waiting on a list that has closed, a limited number at a time; returns whether that was all.
 */
async function closeList (tx: Tx, outbox: Outbox, activityId: string, now: DateTime<true>): Promise<boolean> {
  const lapsed = await tx.$queryRaw<EmailDue[]>`
    UPDATE bookings SET status = 'lapsed', lapse_reason = 'closed', called_at = NULL, changed_at = ${now.toJSDate()}
    WHERE id IN (
      SELECT id FROM bookings
      WHERE activity_id = ${activityId}::uuid AND status IN ('waiting', 'offered') LIMIT ${batchSize})
    RETURNING id AS "bookingId", offers AS sequence`
  await outbox.announce(tx, 'booking.lapsed', lapsed)
  return lapsed.length < batchSize
}

/**
 * Confirms those whose turn it is, or offers them their places, as far as places go; a limited number at a time.
 * Returns whether that was all.
 */
async function serveFreePlaces (tx: Tx, outbox: Outbox, activity: Activity, now: DateTime<true>): Promise<boolean> {
  const given = whoIsServedNow(activity, ['confirm', 'offer'], now)
  if (!given.ordinary && !given.carried) return true

  let free = freePlaces(activity, await occupancyOf(tx, activity.id))
  let left = batchSize
  const served = { confirm: new Array<EmailDue>(), offer: new Array<EmailDue>() }
  for await (const page of readLine(tx, activity.id, given, () => left === 0 ? 0 : free)) {
    for (const waiting of whoFits(free, page).slice(0, left)) {
      free -= waiting.places
      left--
      if (servingOf(activity, waiting, now) === 'confirm') {
        served.confirm.push({ bookingId: waiting.id, sequence: waiting.icalSequence })
      } else {
        served.offer.push({ bookingId: waiting.id, sequence: waiting.offers + 1 })
      }
    }
  }
  await confirm(tx, outbox, served.confirm, now)
  const end = offerEnd(activity, now)
  if (end !== undefined) await offer(tx, outbox, served.offer, end, now)
  return left > 0
}

async function confirm (tx: Tx, outbox: Outbox, dues: EmailDue[], now: DateTime<true>): Promise<void> {
  if (dues.length === 0) return
  const at = now.toJSDate()
  await tx.booking.updateMany({
    where: { id: { in: dues.map(({ bookingId }) => bookingId) } },
    data: { status: 'confirmed', confirmedAt: at, calledAt: null, changedAt: at }
  })
  await outbox.announce(tx, 'booking.confirmed', dues)
}

async function offer (
  tx: Tx, outbox: Outbox, dues: EmailDue[], end: DateTime<true>, now: DateTime<true>
): Promise<void> {
  if (dues.length === 0) return
  await tx.booking.updateMany({
    where: { id: { in: dues.map(({ bookingId }) => bookingId) } },
    data: {
      status: 'offered', offeredUntil: end.toJSDate(), offers: { increment: 1 }, calledAt: null, changedAt: now.toJSDate()
    }
  })
  await outbox.announce(tx, 'place.offered', dues)
}

/**
 * Tells everyone who would fit into the free places that the first to accept has them, each once while they are free; a
 * limited number at a time. Returns whether that was all.
 */
async function openToAllWaiting (tx: Tx, outbox: Outbox, activity: Activity, now: DateTime<true>): Promise<boolean> {
  const called = whoIsServedNow(activity, ['call'], now)
  const free = freePlaces(activity, await occupancyOf(tx, activity.id))
  await clearStaleCalls(tx, activity.id, called, free, now)
  if (free <= 0 || (!called.ordinary && !called.carried)) return true
  const at = now.toJSDate()
  const dues = await tx.$queryRaw<EmailDue[]>`
    UPDATE bookings SET called_at = ${at}, offers = offers + 1, changed_at = ${at}
    WHERE id IN (
      SELECT id FROM bookings
      WHERE activity_id = ${activity.id}::uuid AND status = 'waiting' AND called_at IS NULL AND places <= ${free}
        AND ${isServed(called)}
      ORDER BY priority, arrival LIMIT ${batchSize})
    RETURNING id AS "bookingId", offers AS sequence`
  await outbox.announce(tx, 'place.called', dues)
  return dues.length < batchSize
}

/**
 * Ends calls for which too few places are left, or which the list's mode no longer makes: when places are open to these
 * people again, they are called again.
 */
async function clearStaleCalls (
  tx: Tx, activityId: string, called: ServedNow, free: number, now: DateTime<true>
): Promise<void> {
  await tx.$executeRaw`
    UPDATE bookings SET called_at = NULL, changed_at = ${now.toJSDate()}
    WHERE activity_id = ${activityId}::uuid AND status = 'waiting' AND called_at IS NOT NULL
      AND NOT (places <= ${free} AND ${isServed(called)})`
}

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
    for (const other of others) await cancelLocked(tx, outbox, other, now)
  })
  if (refusal !== undefined) throw refusal
}

/** Gives back an offered place. The person leaves the list, and may join it again. */
export async function refuseOffer (
  db: Db, outbox: Outbox, bookingId: string, now: DateTime<true>, by?: HeldLink
): Promise<void> {
  await db.$transaction(async tx => {
    const { booking, activity } = await lockWithOtherDates(tx, bookingId, now)
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
  assertOpen(activity, now)
  const free = freePlaces(activity, await occupancyOf(tx, activity.id))
  return booking.places > free ? new PlaceTaken(booking.places) : undefined
}

/** Throws unless an offer still stands at `now`; at the very instant at which it ends it no longer does. */
function assertStands (booking: Booking, activity: Activity, now: DateTime<true>): void {
  const { offeredUntil } = booking
  if (offeredUntil === undefined || now >= offeredUntil || now >= closesAt(activity)) throw new OfferEnded()
  assertOpen(activity, now)
}

function assertOpen (activity: Activity, now: DateTime<true>): void {
  const state = bookability(activity, now)
  if (state !== 'open' && state !== 'not-yet-open') throw new BookingNotOpen(state)
}

/** Gives free places to someone on a list from which organisers pick. Throws `ConfirmationRequired`. */
export async function pickFromLine (
  db: Db, outbox: Outbox, bookingId: string, confirmed: string | undefined, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { booking, activity } = await lockWaiting(tx, bookingId)
    assertOpen(activity, now)
    if (servingOf(activity, { isCopy: booking.copiedFromBookingId !== undefined }, now) !== 'by-hand') throw new NotByHand()
    const free = freePlaces(activity, await occupancyOf(tx, activity.id))
    if (booking.places > free) throw new PartyDoesNotFit(free, booking.places)
    requireConfirmation(pickEffects({ ...booking, isReachable: isReachable(booking) }, activity), confirmed)

    await confirm(tx, outbox, [{ bookingId, sequence: booking.icalSequence }], now)
    await record(tx, { staffMemberId: by.id, action: 'booking.picked', subject: booking.id }, now)
  })
}

/** Adds a priority group to an activity, or changes its name and reason. */
export async function namePriorityGroup (
  db: Db, activityId: string, { rank, name, reason }: PriorityGroup, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    await tx.priorityGroup.upsert({
      where: { activityId_rank: { activityId, rank } },
      create: { activityId, rank, name, reason },
      update: { name, reason }
    })
    await record(tx, {
      staffMemberId: by.id, action: 'priority-group.named', subject: activity.slug, details: { rank, name, reason }
    }, now)
  })
}

/** Removes a priority group; its people wait with everyone else, each in the order of their arrival. */
export async function removePriorityGroup (
  db: Db, activityId: string, rank: number, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    const { count } = await tx.priorityGroup.deleteMany({ where: { activityId, rank } })
    if (count === 0) throw new PriorityGroupUnknown()
    await tx.booking.updateMany({ where: { activityId, priority: rank }, data: { priority: ordinary } })
    await record(tx, {
      staffMemberId: by.id, action: 'priority-group.removed', subject: activity.slug, details: { rank }
    }, now)
  })
}

/** Puts someone who waits into a priority group, or with rank `ordinary` out of any. */
export async function prioritise (
  db: Db, bookingId: string, rank: number, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { booking } = await lockWaiting(tx, bookingId)
    const group = await tx.priorityGroup.findUnique({
      where: { activityId_rank: { activityId: booking.activityId, rank } }
    })
    if (rank !== ordinary && group === null) throw new PriorityGroupUnknown()
    await tx.booking.update({ where: { id: bookingId }, data: { priority: rank } })
    await record(tx, {
      staffMemberId: by.id,
      action: 'booking.prioritised',
      subject: bookingId,
      details: group === null ? { rank } : { rank, group: group.name, reason: group.reason }
    }, now)
  })
}

/** Locks the activity of a booking, then reads the booking, which must be waiting. */
async function lockWaiting (tx: Tx, bookingId: string): Promise<{ booking: Booking, activity: Activity }> {
  const found = await tx.booking.findUnique({ where: { id: bookingId }, select: { activityId: true } })
  if (found === null) throw new BookingNotFound()
  const activity = await lockActivity(tx, found.activityId)
  const booking = bookingOf(await tx.booking.findUniqueOrThrow({ where: { id: bookingId } }))
  if (booking.activityId !== activity.id) throw new BookingMoved()
  if (booking.status !== 'waiting') throw new NotWaiting()
  return { booking, activity }
}
