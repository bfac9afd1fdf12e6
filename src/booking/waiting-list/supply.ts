import type { DateTime } from 'luxon'
import type { Activity, Occupancy } from '../../programme/activities/activity.ts'
import { assertToCome, ListStillNeeded } from '../../programme/activities/errors.ts'
import { lockActivity, occupancyOf } from '../../programme/activities/queries.ts'
import { freePlaces } from '../../programme/activities/supply.ts'
import type { SupplyDraft } from '../../programme/activities/supply.ts'
import { listToCall } from '../bookings/recipients.ts'
import type { Db, Reader } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import { readWholeLine } from './queries.ts'
import { supplyEffects, toCallAfter } from './supply-effects.ts'

/** How many places there are to be. */
export interface NewSupply {
  draft: SupplyDraft
  /** The confirmation token of the effects that were read; undefined: nothing read yet. */
  confirmed: string | undefined
}

/**
 * Changes how many places an activity gives and how its waiting list works. More places, or another way of
 * giving them, serve those who wait first; fewer than are taken drop nobody. Gives how many places are
 * taken over those that there are now. Throws `ListStillNeeded`, `BookingNotOpen` where it is cancelled or over, and
 * `ConfirmationRequired`.
 */
export async function changeSupply (
  db: Db, outbox: Outbox, activityId: string, { draft, confirmed }: NewSupply, by: StaffMember, now: DateTime<true>
): Promise<{ over: number }> {
  return await db.$transaction(async tx => {
    const current = await lockActivity(tx, activityId)
    const occupancy = await occupancyOf(tx, activityId)
    assertToCome(current, now)
    if (draft.waitingList === 'off' && occupancy.waitingBookings > 0) throw new ListStillNeeded(occupancy.waitingBookings)
    requireConfirmation(await effectsOfSupply(tx, current, draft, occupancy, now), confirmed)

    await tx.activity.update({
      where: { id: activityId }, data: { ...draft, anotherDateAt: draft.anotherDateAt ?? null }
    })
    await outbox.announce(tx, 'place.freed', [{ activityId }])
    await record(tx, {
      staffMemberId: by.id,
      action: 'places.changed',
      subject: current.slug,
      details: {
        capacity: [String(current.capacity), String(draft.capacity)],
        overBookingPercent: [String(current.overBookingPercent), String(draft.overBookingPercent)],
        waitingList: [current.waitingList, draft.waitingList],
        offerHours: [String(current.offerHours), String(draft.offerHours)],
        anotherDateAt: [String(current.anotherDateAt ?? 'never'), String(draft.anotherDateAt ?? 'never')]
      }
    }, now)
    return { over: Math.max(0, -freePlaces(draft, occupancy)) }
  })
}

async function effectsOfSupply (
  db: Reader, current: Activity, draft: SupplyDraft, occupancy: Occupancy, now: DateTime<true>
): Promise<Effects> {
  const line = occupancy.waitingBookings === 0 ? [] : await readWholeLine(db, current.id)
  const change = { current, draft, occupancy, line }
  return { ...supplyEffects(change, now), toCall: await listToCall(db, current, toCallAfter(change, now)) }
}
