import type { DateTime } from 'luxon'
import type { Activity } from '../activities/activity.ts'
import { bookability, closesAt } from '../activities/booking-window.ts'
import { BookingNotOpen } from '../activities/errors.ts'
import { lockActivity } from '../activities/queries.ts'
import { canonicalAddress } from '../bookings/address.ts'
import { liveStatuses } from '../bookings/booking.ts'
import type { PlaceRequest } from '../bookings/booking.ts'
import { assertMayHave, candidateOf, lockLiveBooking, placeLocked } from '../bookings/commands.ts'
import { FullyBooked } from '../bookings/errors.ts'
import type { Db, Tx } from '../database/connect.ts'
import type { StaffMember } from '../http/session.ts'
import type { Outbox } from '../outbox.ts'
import { record } from '../staff/audit.ts'
import { assertRead } from '../staff/effects.ts'
import { detailEffects, detailInWords, detailsInWords, differing, editionOf, isTold } from './details.ts'
import type { Details } from './details.ts'
import { BookedThere, DetailsChanged, StillDraft } from './errors.ts'

/** What became of somebody who asked by telephone. */
export interface TakenDown {
  is: 'booked' | 'waiting' | 'booked-already'
  bookingId: string
}

/** Throws unless an organiser can book people in at `now`: before booking opens too, and until the end. */
export function assertTakesCallers (activity: Activity, now: DateTime<true>): void {
  const state = bookability(activity, now)
  if (activity.status === 'draft') throw new StillDraft()
  if (state === 'cancelled' || state === 'over' || state === 'not-bookable') throw new BookingNotOpen(state)
}

/**
 * Books somebody in who asks by telephone, by the rules for everybody who books, and says what became of it:
 * an organiser, unlike a stranger, may know. The same form sent twice is one booking. Once booking has closed
 * there is no list to wait on: it would end at once. Throws a refusal where nobody is booked.
 */
export async function bookByTelephone (
  db: Db, outbox: Outbox, activityId: string, request: PlaceRequest, by: StaffMember, now: DateTime<true>
): Promise<TakenDown> {
  return await db.$transaction(async tx => {
    const activity = await lockActivity(tx, activityId)
    assertTakesCallers(activity, now)
    const earlier = await tx.booking.findUnique({
      where: { submissionId_activityId: { submissionId: request.submissionId, activityId } }
    })
    if (earlier !== null) return { is: earlier.status === 'waiting' ? 'waiting' : 'booked', bookingId: earlier.id }

    const list = now < closesAt(activity) ? activity.waitingList : 'off'
    const candidate = candidateOf(request)
    const { decided: [decision] } = await placeLocked(tx, outbox, { ...activity, waitingList: list }, [candidate], now)
    if (decision?.alreadyBooked !== undefined) return { is: 'booked-already', bookingId: decision.alreadyBooked }
    if (decision === undefined || decision.answer !== 'received') throw decision?.answer ?? new FullyBooked()

    const taken: TakenDown = {
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

/** A change of a booking's details, by what whoever makes it has read. */
export interface DetailsEdit {
  details: Details
  /** Of the details that they saw. */
  edition: string
  /** Marks of what they read that it does; undefined: nothing yet. */
  confirmed: string | undefined
}

/**
 * Changes what is known of somebody who has booked, and how many places they have. Where letters say it, they
 * get one, and their calendar the same entry anew: to another address too, which has it from then on. Says
 * whether anything changed. Throws `DetailsChanged` where somebody else was quicker, `BookedThere` where
 * another booking has the address, and `EffectsUnread` for what reaches them and nobody has read.
 */
export async function changeDetails (
  db: Db, outbox: Outbox, bookingId: string, { details, edition, confirmed }: DetailsEdit, by: StaffMember,
  now: DateTime<true>
): Promise<boolean> {
  return await db.$transaction(async tx => {
    const { booking, activity } = await lockLiveBooking(tx, bookingId, now)
    const changed = differing(booking, details)
    // Also a second press on the same button, which finds its own work done.
    if (changed.length === 0) return false
    if (editionOf(booking) !== edition) throw new DetailsChanged()
    const canonicalEmail = details.email === undefined ? null : canonicalAddress(details.email)
    if (canonicalEmail !== null) await assertFree(tx, activity.id, canonicalEmail, booking.id)
    if (changed.includes('places')) await assertMayHave(tx, booking, activity, details.places, now)
    assertRead({
      sentences: detailEffects(booking, details),
      changes: changed.map(name => ({
        what: detailsInWords[name], from: detailInWords(booking, name), to: detailInWords(details, name)
      }))
    }, confirmed)

    const sequence = isTold(changed) ? booking.icalSequence + 1 : booking.icalSequence
    const { name, email, phone, district, places, accessNeeds } = details
    await tx.booking.update({
      where: { id: bookingId },
      data: {
        name,
        email: email ?? null,
        canonicalEmail,
        phone: phone ?? null,
        district: district ?? null,
        places,
        accessNeeds: accessNeeds ?? null,
        icalSequence: sequence,
        // Whether letters arrive at another address is not known yet.
        ...(changed.includes('email') && { unreachableAt: null }),
        ...(changed.includes('accessNeeds') && { accessAnswer: null, accessAnsweredAt: null }),
        ...(isTold(changed) && { changedAt: now.toJSDate() })
      }
    })
    if (isTold(changed)) await outbox.announce(tx, 'booking.changed', [{ bookingId, sequence }])
    if (places < booking.places) await outbox.announce(tx, 'place.freed', [{ activityId: activity.id }])
    await record(tx, {
      staffMemberId: by.id,
      action: 'booking.corrected',
      subject: activity.slug,
      details: { booking: bookingId, fields: changed }
    }, now)
    return true
  })
}

/** Throws where a live booking of an activity, whose row is locked, other than `except` has an address. */
async function assertFree (tx: Tx, activityId: string, canonicalEmail: string, except: string): Promise<void> {
  const other = await tx.booking.findFirst({
    where: { activityId, canonicalEmail, status: { in: liveStatuses }, id: { not: except } }, select: { id: true }
  })
  if (other !== null) throw new BookedThere(other.id, 'Another booking of this activity has this address.')
}
