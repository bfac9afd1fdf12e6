import type { DateTime } from 'luxon'
import { lockActivity, occupancyOf } from '../activities/queries.ts'
import type { Activity } from '../activities/activity.ts'
import { freePlaces } from '../activities/supply.ts'
import type { Db, Tx } from '../database/connect.ts'
import type { Outbox } from '../outbox.ts'
import { whoFits } from './line.ts'

/**
 * Gives an activity's free places to those who wait, in arrival order, and announces each. Does nothing
 * where there is nothing to give, so it may run at any time, any number of times.
 *
 * Not where an organiser picks by hand, and not once the activity has started.
 */
export async function serveWaitingList (
  db: Db, outbox: Outbox, activityId: string, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    if (!isServed(activity, now)) return

    const served = await pick(tx, activityId, freePlaces(activity, await occupancyOf(tx, activityId)))
    if (served.length === 0) return

    const at = now.toJSDate()
    await tx.booking.updateMany({
      where: { id: { in: served.map(({ id }) => id) } },
      data: { status: 'confirmed', confirmedAt: at, changedAt: at }
    })
    await outbox.announce(tx, 'booking.confirmed', served.map(({ id, icalSequence }) => ({
      bookingId: id, sequence: icalSequence
    })))
  })
}

/** Serves every list that has free places and people waiting: what the facts do, should one get lost. */
export async function sweepWaitingLists (db: Db, outbox: Outbox, now: DateTime<true>): Promise<void> {
  const activities = await db.$queryRaw<Array<{ id: string }>>`
    SELECT a.id FROM activities a JOIN occupancies o ON o.activity_id = a.id
    WHERE o.waiting_bookings > 0
      AND o.confirmed + o.offered < floor(a.capacity * (100 + a.over_booking_percent) / 100.0)
      AND a.status = 'published' AND a.waiting_list <> 'by-hand' AND a.starts_at > ${now.toJSDate()}`
  for (const { id } of activities) await serveWaitingList(db, outbox, id, now)
}

function isServed ({ status, waitingList, startsAt }: Activity, now: DateTime<true>): boolean {
  return status === 'published' && waitingList !== 'by-hand' && now < startsAt
}

/** Reads the line as far as places reach, a page at a time: it may be very long. */
async function pick (tx: Tx, activityId: string, free: number) {
  const served: Array<{ id: string, places: number, icalSequence: number }> = []
  let after = -1n
  while (free > 0) {
    const page = await tx.booking.findMany({
      where: { activityId, status: 'waiting', places: { lte: free }, arrival: { gt: after } },
      select: { id: true, places: true, icalSequence: true, arrival: true },
      orderBy: { arrival: 'asc' },
      take: 100
    })
    const last = page.at(-1)
    if (last === undefined) break
    for (const waiting of whoFits(free, page)) {
      served.push(waiting)
      free -= waiting.places
    }
    after = last.arrival
  }
  return served
}
