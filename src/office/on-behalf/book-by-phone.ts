import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { bookability, closesAt } from '../../programme/activities/booking-window.ts'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { lockActivity } from '../../programme/activities/queries.ts'
import type { PlaceRequest } from '../../booking/bookings/booking.ts'
import { candidateOf, placeLocked } from '../../booking/bookings/request-places.ts'
import { FullyBooked } from '../../booking/bookings/errors.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { StillDraft } from './errors.ts'

/** The result of booking someone by phone. */
export interface PhoneBooking {
  is: 'booked' | 'waiting' | 'booked-already'
  bookingId: string
}

/** Throws unless organisers can book people at `now`: also before booking opens, and until the end. */
export function assertTakesCallers (activity: Activity, now: DateTime<true>): void {
  const state = bookability(activity, now)
  if (activity.status === 'draft') throw new StillDraft()
  if (state === 'cancelled' || state === 'over' || state === 'not-bookable') throw new BookingNotOpen(state)
}

/**
 * Books a place for someone who phones, by the rules for everyone who books, and returns the result: an organiser,
 * unlike a stranger, may know. The same form with the same answers is one booking, and is refused once that has ended.
 * After booking has closed there is no list to wait on: it would end at once. Throws a refusal where no booking is
 * made.
 */
export async function bookByPhone (
  db: Db, outbox: Outbox, activityId: string, request: PlaceRequest, by: StaffMember, now: DateTime<true>
): Promise<PhoneBooking> {
  return await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    assertTakesCallers(activity, now)
    const list = now < closesAt(activity) ? activity.waitingList : 'off'
    const candidate = candidateOf(activityId, request)
    const { decided: [decision] } = await placeLocked(tx, outbox, { ...activity, waitingList: list }, [candidate], now)
    if (decision?.sentBefore !== undefined) return await asItStands(tx, decision.sentBefore)
    if (decision?.alreadyBooked !== undefined) return { is: 'booked-already', bookingId: decision.alreadyBooked }
    if (decision === undefined || decision.answer !== 'received') throw decision?.answer ?? new FullyBooked()

    const taken: PhoneBooking = {
      is: decision.admission === 'waiting' ? 'waiting' : 'booked', bookingId: decision.noLongerWaits ?? candidate.id
    }
    await record(tx, {
      staffMemberId: by.id,
      action: 'booking.made',
      subject: activity.slug,
      details: { booking: taken.bookingId, became: taken.is }
    }, now)
    return taken
  })
}

/** The booking that the same form has made before. */
async function asItStands (tx: Tx, bookingId: string): Promise<PhoneBooking> {
  const { status } = await tx.booking.findUniqueOrThrow({ where: { id: bookingId }, select: { status: true } })
  return { is: status === 'confirmed' ? 'booked' : status === 'waiting' ? 'waiting' : 'booked-already', bookingId }
}
