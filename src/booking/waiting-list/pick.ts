import type { DateTime } from 'luxon'
import { assertNotClosed } from '../../programme/activities/errors.ts'
import { occupancyOf } from '../../programme/activities/queries.ts'
import { freePlaces } from '../../programme/activities/supply.ts'
import { isReachable } from '../bookings/booking.ts'
import type { Db } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import { NotByHand, PartyDoesNotFit } from './errors.ts'
import { servingOf } from './offer.ts'
import { pickEffects } from './pick-effects.ts'
import { lockWaiting } from './queries.ts'
import { confirm } from './serve.ts'

/** Gives free places to someone on a list from which organisers pick. Throws `ConfirmationRequired`. */
export async function pickFromLine (
  db: Db, outbox: Outbox, bookingId: string, confirmed: string | undefined, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const { booking, activity } = await lockWaiting(tx, bookingId)
    assertNotClosed(activity, now)
    if (servingOf(activity, { isCopy: booking.copiedFromBookingId !== undefined }, now) !== 'by-hand') throw new NotByHand()
    const free = freePlaces(activity, await occupancyOf(tx, activity.id))
    if (booking.places > free) throw new PartyDoesNotFit(free, booking.places)
    requireConfirmation(pickEffects({ ...booking, isReachable: isReachable(booking) }, activity), confirmed)

    await confirm(tx, outbox, [{ bookingId, sequence: booking.icalSequence }], now)
    await record(tx, { staffMemberId: by.id, action: 'booking.picked', subject: booking.id }, now)
  })
}
