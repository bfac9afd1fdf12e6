import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { closesAt } from '../../programme/activities/booking-window.ts'
import { lockActivity, occupancyOf } from '../../programme/activities/queries.ts'
import { freePlaces } from '../../programme/activities/supply.ts'
import { lapseOffers } from '../bookings/request-places.ts'
import { unheard } from '../../programme/booking-rules.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { returnDueHolds } from '../holds/commands.ts'
import type { EmailDue, Outbox } from '../../platform/outbox.ts'
import { whoFits } from './line.ts'
import { offerEnd, servingOf, whoIsServedNow } from './offer.ts'
import type { ServedNow } from './offer.ts'
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

export async function confirm (tx: Tx, outbox: Outbox, dues: EmailDue[], now: DateTime<true>): Promise<void> {
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
 * Tells everyone who would fit into the free places that the first person to accept gets them, each once while they
 * are free; a limited number at a time. Returns whether that was all.
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
export async function clearStaleCalls (
  tx: Tx, activityId: string, called: ServedNow, free: number, now: DateTime<true>
): Promise<void> {
  await tx.$executeRaw`
    UPDATE bookings SET called_at = NULL, changed_at = ${now.toJSDate()}
    WHERE activity_id = ${activityId}::uuid AND status = 'waiting' AND called_at IS NOT NULL
      AND NOT (places <= ${free} AND ${isServed(called)})`
}
