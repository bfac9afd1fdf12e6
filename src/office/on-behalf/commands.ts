import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { bookability, closesAt } from '../../programme/activities/booking-window.ts'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { getActivity, lockActivities, lockActivity, occupancyOf } from '../../programme/activities/queries.ts'
import { freePlaces } from '../../programme/activities/supply.ts'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import { liveStatuses, ordinary } from '../../booking/bookings/booking.ts'
import type { Booking, PlaceRequest } from '../../booking/bookings/booking.ts'
import { assertMayHave } from '../../booking/bookings/change-own-booking.ts'
import { candidateOf, lapseOffers, placeLocked } from '../../booking/bookings/request-places.ts'
import { updateCopies, lockWithCopies } from '../../booking/bookings/copies.ts'
import { AlreadyCancelled, BookingMoved, BookingNotFound, FullyBooked } from '../../booking/bookings/errors.ts'
import { bookingOf, lockLiveBooking, positionOf } from '../../booking/bookings/queries.ts'
import { live, unheard } from '../../programme/booking-rules.ts'
import type { Db, Reader, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { setEmailsAside } from '../../mail/emails/owing.ts'
import type { EmailKind } from '../../mail/emails/kinds.ts'
import type { Outbox } from '../../platform/outbox.ts'
import { record } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import { detailEffects, detailInWords, detailsDraft, detailsInWords, isTold } from './details.ts'
import type { Details } from './details.ts'
import { BookedThere, CannotMoveThere, DetailsChanged, NoTurnToRestore, StillDraft } from './errors.ts'
import { newLinkEffects } from './new-links.ts'
import { admissionOn, isDateFor, moveEffects } from './moving.ts'
import { hasList, hasLostTurn, turnEffects } from './turn.ts'

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

/** A change of a booking's details, with the marks of what was read. */
export interface DetailsEdit {
  details: Details
  /** Mark of the details that were read. */
  edition: string
  /** The token of what they read that it does; undefined: nothing yet. */
  confirmed: string | undefined
}

/**
 * Changes what is known of someone who has booked, and how many places they have. Returns whether anything changed.
 * A change of what emails say is emailed to them and updates any entry in their calendar; if the address changes,
 * both go to the new one. Copies of the booking on lists of other dates that they have not heard of are updated too.
 * Throws `DetailsChanged` where someone else was quicker, `BookedThere` where another booking has the address, and
 * `ConfirmationRequired` for effects on them that were not read.
 */
export async function changeDetails (
  db: Db, outbox: Outbox, bookingId: string, { details, edition, confirmed }: DetailsEdit, by: StaffMember,
  now: DateTime<true>
): Promise<boolean> {
  return await db.$transaction(async tx => {
    await lockWithCopies(tx, bookingId)
    const { booking, activity } = await lockLiveBooking(tx, bookingId, now)
    const changed = detailsDraft.changed(booking, details)
    // Includes a second press on the same button, which finds the change already made.
    if (changed.length === 0) return false
    if (detailsDraft.versionHash(booking) !== edition) throw new DetailsChanged()
    const canonicalEmail = details.email === undefined ? null : canonicalAddress(details.email)
    if (canonicalEmail !== null) {
      await assertFree(tx, activity.id, canonicalEmail, booking.id, 'Another booking of this activity has this address')
    }
    if (changed.includes('places')) await assertMayHave(tx, booking, activity, details.places, now)
    requireConfirmation({
      sentences: detailEffects(booking, details, activity),
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
        // Whether emails arrive at another address is not known yet.
        ...(changed.includes('email') && { unreachableAt: null }),
        ...(changed.includes('accessNeeds') && { accessAnswer: null, accessAnsweredAt: null }),
        ...(isTold(changed) && { changedAt: now.toJSDate() })
      }
    })
    await updateCopies(tx, bookingId, { name, email: email ?? null, canonicalEmail, phone: phone ?? null })
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

/** New links for a booking, with the marks of what was read. */
export interface NewLinks {
  /** The version of the links that are to end. */
  linkVersion: number
  /** The token of what they read that it does; undefined: nothing yet. */
  confirmed: string | undefined
}

/**
 * Ends every existing link to a booking, and emails new ones to its holder. Their calendar entry is updated too: it
 * contains the links. Returns whether it did so: a second press finds that those links have ended. Throws
 * `ConfirmationRequired` for effects that were not read.
 */
export async function makeNewLinks (
  db: Db, outbox: Outbox, bookingId: string, { linkVersion, confirmed }: NewLinks, by: StaffMember, now: DateTime<true>
): Promise<boolean> {
  return await db.$transaction(async tx => {
    const { booking, activity } = await lockLiveBooking(tx, bookingId, now)
    if (booking.linkVersion !== linkVersion) return false
    requireConfirmation({ sentences: newLinkEffects(booking, activity), changes: [] }, confirmed)
    const sequence = booking.icalSequence + 1
    await tx.booking.update({
      where: { id: bookingId },
      data: { linkVersion: linkVersion + 1, icalSequence: sequence, changedAt: now.toJSDate() }
    })
    await outbox.announce(tx, 'booking.changed', [{ bookingId, sequence }])
    await record(tx, {
      staffMemberId: by.id, action: 'booking.links-ended', subject: activity.slug, details: { booking: bookingId }
    }, now)
    return true
  })
}

/** Where a booking is to go, with the marks of what was read. */
export interface Move {
  /** The id of the activity. */
  to: string
  /** The token of what they read that it does; undefined: nothing yet. */
  confirmed: string | undefined
}

/**
 * Moves a booking to another date of its campaign: its place there, its link and its entry in a calendar stay
 * its own, and its place here goes to the next in line. Moved there already, it stays. Throws
 * `CannotMoveThere`, `BookedThere` where the address has a booking on that date, and `ConfirmationRequired`.
 *
 * Locks both activities, in the order of their ids, before it reads either: a move in the other direction at the same
 * moment comes before this one or waits for it.
 */
export async function moveBooking (
  db: Db, outbox: Outbox, bookingId: string, { to, confirmed }: Move, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const found = await tx.booking.findUnique({ where: { id: bookingId }, select: { activityId: true } })
    if (found === null) throw new BookingNotFound()
    await lockActivities(tx, [found.activityId, to])
    const row = await tx.booking.findUniqueOrThrow({ where: { id: bookingId } })
    const booking = bookingOf(row)
    if (booking.activityId === to) return
    if (booking.activityId !== found.activityId) throw new BookingMoved()
    const [here, there] = [await getActivity(tx, found.activityId), await getActivity(tx, to)]
    assertMoves(booking, here, there, now)
    if (row.canonicalEmail !== null) await deleteUnannouncedCopy(tx, booking, row.canonicalEmail, to)

    const haveLapsed = await lapseOffers(tx, outbox, to, now)
    const occupancy = await occupancyOf(tx, to)
    const admission = admissionOn(there, occupancy, booking, now)
    if (admission === 'full') throw new CannotMoveThere('full')
    requireConfirmation({ sentences: moveEffects(booking, here, there, admission, occupancy), changes: [] }, confirmed)

    // A first invitation is a new entry; people with a calendar entry, or on the list, are told of a change.
    const isFirst = admission === 'confirmed' && booking.confirmedAt === undefined
    const sequence = isFirst ? booking.icalSequence : booking.icalSequence + 1
    const at = now.toJSDate()
    await tx.booking.update({
      where: { id: bookingId },
      data: {
        activityId: to,
        arrival: await nextArrival(tx),
        status: admission,
        icalSequence: sequence,
        changedAt: at,
        ...(admission === 'waiting' ? { waitedAt: at } : { confirmedAt: row.confirmedAt ?? at }),
        offeredUntil: null,
        calledAt: null,
        holdId: null,
        priority: ordinary,
        attended: null,
        joinedAt: null,
        accessAnswer: null,
        accessAnsweredAt: null
      }
    })
    await setEmailsAside(tx, bookingId, ['bulletin'], 'Not sent: they have moved to another date.', now)
    await outbox.announce(tx, isFirst ? 'booking.confirmed' : 'booking.changed', [{ bookingId, sequence }])
    await outbox.announce(tx, 'place.freed', [
      { activityId: here.id }, ...haveLapsed || admission === 'waiting' ? [{ activityId: to }] : []
    ])
    await record(tx, {
      staffMemberId: by.id,
      action: 'booking.moved',
      subject: here.slug,
      details: { booking: bookingId, activity: [here.slug, there.slug] }
    }, now)
  })
}

/**
 * Gives someone back their turn on a waiting list: they stand where they stood, before everyone who came later. Does
 * nothing if it is restored already. Throws `NoTurnToRestore`, `BookedThere` where they have joined again, and
 * `ConfirmationRequired`.
 */
export async function restoreTurn (
  db: Db, outbox: Outbox, bookingId: string, confirmed: string | undefined, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    const found = await tx.booking.findUnique({ where: { id: bookingId }, select: { activityId: true } })
    if (found === null) throw new BookingNotFound()
    const activity = await lockActivity(tx, found.activityId)
    const booking = bookingOf(await tx.booking.findUniqueOrThrow({ where: { id: bookingId } }))
    if (booking.activityId !== activity.id) throw new BookingMoved()
    if (booking.status === 'waiting') return
    requireConfirmation(await effectsOfTurn(tx, booking, activity, now), confirmed)

    await tx.booking.update({
      where: { id: bookingId },
      data: { status: 'waiting', lapseReason: null, cancelledBy: null, offeredUntil: null, changedAt: now.toJSDate() }
    })
    await setEmailsAside(tx, bookingId, emailsOfALostTurn, 'Not sent: their turn was restored.', now)
    await outbox.announce(tx, 'waiting-list.joined', [{ bookingId, sequence: booking.icalSequence }])
    await outbox.announce(tx, 'place.freed', [{ activityId: activity.id }])
    await record(tx, {
      staffMemberId: by.id, action: 'booking.turn-restored', subject: activity.slug, details: { booking: bookingId }
    }, now)
  })
}

/** The effects of restoring someone's turn at `now`. Throws `NoTurnToRestore` and `BookedThere`. */
export async function effectsOfTurn (
  db: Reader, booking: Booking, activity: Activity, now: DateTime<true>
): Promise<Effects> {
  if (!hasLostTurn(booking)) throw new NoTurnToRestore('never-lost')
  if (!hasList(activity, now)) throw new NoTurnToRestore('no-list')
  if (booking.email !== undefined) {
    const address = canonicalAddress(booking.email)
    await assertFree(db, activity.id, address, booking.id, 'They have joined again since, with another booking')
  }
  const free = freePlaces(activity, await occupancyOf(db, activity.id))
  return { sentences: turnEffects(booking, { position: await positionOf(db, booking), free }), changes: [] }
}

function assertMoves (booking: Booking, here: Activity, there: Activity, now: DateTime<true>): void {
  if (!liveStatuses.includes(booking.status)) throw new AlreadyCancelled()
  if (here.status === 'cancelled') throw new BookingNotOpen('cancelled')
  if (now >= here.endsAt) throw new BookingNotOpen('over')
  if (booking.copiedFromBookingId !== undefined && booking.status !== 'confirmed') throw new CannotMoveThere('carried')
  if (!isDateFor(here, there, now)) throw new CannotMoveThere('not-offered')
  if (booking.places > there.placesPerBooking) throw new CannotMoveThere('party-too-large')
}

/**
 * Deletes the copy of a booking on another date's list if its holder does not know about it; any other stays in the
 * way.
 */
async function deleteUnannouncedCopy (
  tx: Tx, { id }: Booking, canonicalEmail: string, activityId: string
): Promise<void> {
  await tx.booking.deleteMany({ where: { activityId, copiedFromBookingId: id, ...unheard.where } })
  await assertFree(tx, activityId, canonicalEmail, id, 'They have a booking on that date already')
}

async function nextArrival (tx: Tx): Promise<bigint> {
  const [{ arrival } = { arrival: 0n }] = await tx.$queryRaw<Array<{ arrival: bigint }>>`
    SELECT nextval(pg_get_serial_sequence('bookings', 'arrival')) AS arrival`
  return arrival
}

/** Each of these goes out once in the life of a booking, and once more after its turn was restored. */
const emailsOfALostTurn: EmailKind[] = [
  'waiting-list-joined', 'offer-lapsed', 'offer-refused', 'waiting-list-closed', 'cancelled', 'cancelled-by-us'
]

/** Throws where a live booking other than `except` has an address, in an activity whose row is locked. */
async function assertFree (
  db: Reader, activityId: string, canonicalEmail: string, except: string, sentence: string
): Promise<void> {
  const other = await db.booking.findFirst({
    where: { activityId, canonicalEmail, ...live.where, id: { not: except } },
    select: { id: true, reference: true }
  })
  if (other !== null) throw new BookedThere(other.id, `${sentence}: ${other.reference}.`)
}
