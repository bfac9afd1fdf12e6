import type { DateTime } from 'luxon'
import { closesAt } from '../../programme/activities/booking-window.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { assertNotClosed } from '../../programme/activities/errors.ts'
import { localDay } from '../../programme/activities/local-time.ts'
import { lockActivity, occupancyOf } from '../../programme/activities/queries.ts'
import { freePlaces } from '../../programme/activities/supply.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { record } from '../../identity/staff/audit.ts'
import { newCode } from './code.ts'
import { CodeTaken, HoldEndsWrongly, HoldReturned, PeopleWait, TooFewToHold } from './errors.ts'
import { hasReturned } from './hold.ts'
import type { Hold } from './hold.ts'
import { getHold, holdsByCode } from './queries.ts'

/** An organiser's request; `lastDay` like `2026-12-01`, `code` in canonical form. */
export interface HoldRequest {
  agencyId: string
  places: number
  lastDay: string
  /** Undefined: a code is made. */
  code: string | undefined
}

/**
 * Keeps free places for an agency until the end of a day, and returns the code for them. Places cannot be held while
 * anyone waits for them.
 */
export async function makeHold (
  db: Db, activityId: string, { agencyId, places, lastDay, code = newCode() }: HoldRequest,
  by: StaffMember, now: DateTime<true>
): Promise<{ code: string }> {
  return await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    const returnsAt = endOf(lastDay, activity, now)
    await assertFree(tx, activity, places)
    if ((await holdsByCode(tx, activityId, [code])).size > 0) throw new CodeTaken()

    await tx.hold.create({
      data: { activityId, agencyId, code, places, returnsAt: returnsAt.toJSDate(), createdAt: now.toJSDate() }
    })
    await record(tx, {
      staffMemberId: by.id, action: 'hold.made', subject: activity.slug, details: { agencyId, places, lastDay }
    }, now)
    return { code }
  })
}

/** Returns what is left of the holds that have ended, on an activity whose row is locked. */
export async function returnDueHolds (tx: Tx, activityId: string, now: DateTime<true>): Promise<void> {
  const at = now.toJSDate()
  await tx.hold.updateMany({
    where: { activityId, returnedAt: null, returnsAt: { lte: at } }, data: { returnedAt: at }
  })
}

/** Locks the activity of a hold, then reads the hold, which must not have returned. */
export async function lockHold (
  tx: Tx, holdId: string, now: DateTime<true>
): Promise<{ hold: Hold, activity: Activity }> {
  const activity = await lockActivity(tx, (await getHold(tx, holdId)).activityId)
  const hold = await getHold(tx, holdId)
  if (hasReturned(hold, now)) throw new HoldReturned()
  return { hold, activity }
}

/** Throws unless so many places of an activity, whose row is locked, are free, and nobody waits for them. */
export async function assertFree (tx: Tx, activity: Activity, places: number): Promise<void> {
  const occupancy = await occupancyOf(tx, activity.id)
  if (occupancy.waitingBookings > 0) throw new PeopleWait(occupancy.waitingBookings)
  const free = freePlaces(activity, occupancy)
  if (places > free) throw new TooFewToHold(free)
}

/** The end of a hold's last day in the activity's zone. Throws if no one could claim anything until then. */
export function endOf (lastDay: string, activity: Activity, now: DateTime<true>): DateTime<true> {
  assertNotClosed(activity, now)
  const day = localDay(lastDay, activity.zone)
  if (day === undefined || day.endsAt <= now || day.startsAt > closesAt(activity)) throw new HoldEndsWrongly()
  return day.endsAt
}
