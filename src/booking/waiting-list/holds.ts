import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { bookingsWait, placesInWords } from '../../programme/activities/in-words.ts'
import { occupancyOf } from '../../programme/activities/queries.ts'
import { assertFree, endOf, lockHold } from '../holds/commands.ts'
import type { HoldRequest } from '../holds/commands.ts'
import { HoldClaimed } from '../holds/errors.ts'
import { placesLeft } from '../holds/hold.ts'
import type { Hold } from '../holds/hold.ts'
import { lastDayInWords } from '../holds/staff-page.ts'
import type { Db, Reader } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import { servingEffects } from './serving-effects.ts'

/** What a hold is to be. */
export interface NewHold extends Pick<HoldRequest, 'places' | 'lastDay'> {
  /** The confirmation token of the effects that were read; undefined: nothing read yet. */
  confirmed: string | undefined
}

/**
 * Makes a hold larger or smaller, or end on another day. Places that it gives back go first to those who wait. Throws
 * `ConfirmationRequired` where someone gets them.
 */
export async function changeHold (
  db: Db, outbox: Outbox, holdId: string, { places, lastDay, confirmed }: NewHold, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { hold, activity } = await lockHold(tx, holdId, now)
    const returnsAt = endOf(lastDay, activity, now)
    if (places < hold.claimed) throw new HoldClaimed(hold.claimed)
    if (places > hold.places) await assertFree(tx, activity, places - hold.places)
    if (places < hold.places) requireConfirmation(await effectsOfFewer(tx, hold, activity, places, now), confirmed)

    await tx.hold.update({ where: { id: holdId }, data: { places, returnsAt: returnsAt.toJSDate() } })
    if (places < hold.places) await outbox.announce(tx, 'place.freed', [{ activityId: activity.id }])
    await record(tx, {
      staffMemberId: by.id, action: 'hold.changed', subject: activity.slug, details: { holdId, places, lastDay }
    }, now)
  })
}

/**
 * Gives what is left of a hold back before its day: to those who wait first. Bookings with its code stay. Throws
 * `ConfirmationRequired`.
 */
export async function returnHold (
  db: Db, outbox: Outbox, holdId: string, confirmed: string | undefined, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { hold, activity } = await lockHold(tx, holdId, now)
    requireConfirmation(await effectsOfReturn(tx, hold, activity, now), confirmed)
    await tx.hold.update({ where: { id: holdId }, data: { returnedAt: now.toJSDate() } })
    await outbox.announce(tx, 'place.freed', [{ activityId: activity.id }])
    await record(tx, {
      staffMemberId: by.id, action: 'hold.returned', subject: activity.slug, details: { holdId }
    }, now)
  })
}

/** What it does to those who wait that a hold has fewer places from now on. */
async function effectsOfFewer (
  db: Reader, hold: Hold, activity: Activity, places: number, now: DateTime<true>
): Promise<Effects> {
  return {
    ...await effectsOfFreeing(db, activity, hold.places - places, now),
    changes: [{ what: 'Places kept', from: String(hold.places), to: String(places) }]
  }
}

/** What giving a hold back at `now` does. */
export async function effectsOfReturn (
  db: Reader, hold: Hold, activity: Activity, now: DateTime<true>
): Promise<Effects> {
  const left = placesLeft(hold)
  const { sentences, toCall } = await effectsOfFreeing(db, activity, left, now)
  const { waitingBookings } = await occupancyOf(db, activity.id)
  return {
    changes: [],
    sentences: [
      `${placesInWords(left)} of ${hold.places} ${left === 1 ? 'goes' : 'go'} back now, instead of at the end of ${lastDayInWords(hold, activity)}.`,
      ...sentences.length > 0 ? sentences : [whoGetsThem(activity, waitingBookings)],
      `The code ${hold.code} stops working.${hold.claimed > 0 ? ' People who have booked with it keep their places.' : ''}`
    ],
    toCall
  }
}

async function effectsOfFreeing (db: Reader, activity: Activity, places: number, now: DateTime<true>) {
  const occupancy = await occupancyOf(db, activity.id)
  return await servingEffects(db, activity, { ...occupancy, held: occupancy.held - places }, now)
}

/** Who gets what is given back, where nobody gets it at once. */
function whoGetsThem ({ waitingList }: Activity, waitingBookings: number): string {
  if (waitingBookings === 0) return 'Anyone can book the places you give back.'
  return waitingList === 'by-hand'
    ? `${bookingsWait(waitingBookings)}: you choose who gets the places you give back.`
    : `${bookingsWait(waitingBookings)}, and the places you give back go to them first.`
}
