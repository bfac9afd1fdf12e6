import type { DateTime } from 'luxon'
import { lockActivities } from '../../programme/activities/queries.ts'
import { cancelLocked } from '../../booking/bookings/cancel.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import { forgetBookings } from '../forgetting/commands.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { ConfirmationRequired, requireConfirmation } from '../../identity/staff/confirmation.ts'
import { everythingOfCaller, listBookingsOfCaller } from './callers.ts'
import { countsOf, keepLegalHoldsFromBeingSet, refuseForHold } from './commands.ts'
import type { Gone } from './commands.ts'
import { callerErasingEffects, isToCancel } from './erasing.ts'
import { isNothing } from './queries.ts'

/** The booking of a caller, and the token of what was read that erasing everything about them does. */
export interface ErasingCaller {
  reference: string
  confirmed: string | undefined
}

/**
 * Erases everything about someone who booked by phone and gave no address, at once: nobody is to be told by email
 * first. What they have booked and is still to come is cancelled, and the next in line is served. Undefined where there
 * is nothing. Once it has committed, the caller must delete the traces outside the database (forgetting/traces.ts).
 * Throws `LegallyHeld` and `ConfirmationRequired`.
 */
export async function eraseCaller (
  db: Db, outbox: Outbox, { reference, confirmed }: ErasingCaller, by: StaffMember, now: DateTime<true>
): Promise<Gone | undefined> {
  return await db.$transaction(async tx => {
    const locked = await lockActivitiesOf(tx, reference)
    await keepLegalHoldsFromBeingSet(tx)
    const everything = await everythingOfCaller(tx, reference)
    refuseForHold(everything.legalHolds)
    if (isNothing(everything)) return undefined
    const effects = callerErasingEffects(everything, now)
    const { bookings } = everything
    // They have booked another activity since its row could be locked: what was read is not all.
    if (!bookings.every(({ activityId }) => locked.has(activityId))) throw new ConfirmationRequired(effects, confirmed)
    requireConfirmation(effects, confirmed)

    const toCancel = bookings.filter(booking => isToCancel(booking, now))
    await cancelLocked(tx, outbox, toCancel, now, 'organiser')
    const gone = await forgetBookings(tx, bookings.map(({ id }) => id), now)
    await record(tx, {
      staffMemberId: by.id,
      action: 'person.erased',
      subject: bookings[0]?.id,
      details: { ...countsOf(everything), cancelled: toCancel.length }
    }, now)
    return gone
  })
}

async function lockActivitiesOf (tx: Tx, reference: string): Promise<Set<string>> {
  const booked = await tx.booking.findMany({
    where: { id: { in: await listBookingsOfCaller(tx, reference) } }, select: { activityId: true }
  })
  const ids = new Set(booked.map(({ activityId }) => activityId))
  await lockActivities(tx, [...ids])
  return ids
}
