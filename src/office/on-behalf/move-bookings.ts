import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { assertToCome } from '../../programme/activities/errors.ts'
import { getActivity, lockActivities, occupancyOf } from '../../programme/activities/queries.ts'
import { ordinary } from '../../booking/bookings/booking.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { stillLive } from '../../booking/bookings/effects.ts'
import { lapseOffers } from '../../booking/bookings/request-places.ts'
import { AlreadyCancelled } from '../../booking/bookings/errors.ts'
import { getChosen } from '../../booking/bookings/queries.ts'
import { live, unheard } from '../../programme/booking-rules.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { setEmailsAside } from '../../mail/emails/owing.ts'
import type { EmailDue, Outbox } from '../../platform/outbox.ts'
import { recordAll } from '../../identity/staff/audit.ts'
import { requireConfirmation } from '../../identity/staff/confirmation.ts'
import { listBookedThere } from './address-in-use.ts'
import { BookedThere, CannotMoveThere, PeopleInTheWay } from './errors.ts'
import type { Obstacle } from './errors.ts'
import { admissionsOn, assertFits, inOrderOfPlaces, isDateFor, moveEffects } from './moving.ts'
import type { Moving } from './moving.ts'

/** Which bookings of which activity are to go where, with the marks of what was read. */
export interface Move {
  /** The ids of the activities. */
  from: string
  to: string
  bookingIds: readonly string[]
  /** The token of what they read that it does; undefined: nothing yet. */
  confirmed: string | undefined
}

/**
 * Moves bookings to another date of their campaign: their places there, their links and their entries in calendars stay
 * their own, and their places here go to the next in line. All or none; who has cancelled meanwhile is not moved, and
 * the effects say so. Moved there already, they stay. Throws `CannotMoveThere`, `BookedThere` where their address has a
 * booking on that date, `PeopleInTheWay` for several, `AlreadyCancelled` where nobody is left to move, `ChosenGone` and
 * `ConfirmationRequired`.
 *
 * Locks both activities, in the order of their ids, before it reads either: a move in the other direction at the same
 * moment comes before this one or waits for it.
 */
export async function moveBookings (
  db: Db, outbox: Outbox, { from, to, bookingIds, confirmed }: Move, by: StaffMember, now: DateTime<true>
): Promise<void> {
  await db.$transaction(async tx => {
    await lockActivities(tx, [from, to])
    if (await haveMoved(tx, from, to, bookingIds)) return
    const chosen = await getChosen(tx, from, bookingIds)
    const bookings = inOrderOfPlaces(stillLive(chosen))
    const isOne = chosen.length === 1
    if (bookings.length === 0) throw new AlreadyCancelled(chosen.length)
    const [here, there] = [await getActivity(tx, from), await getActivity(tx, to)]
    assertToCome(here, now)
    if (!isDateFor(here, there, now)) throw new CannotMoveThere('not-offered')
    await deleteUnannouncedCopies(tx, bookings, to)
    assertNobodyInTheWay(
      [...listUnmovable(bookings, there), ...await listBookedThere(tx, to, bookings)], isOne)

    const haveLapsed = await lapseOffers(tx, outbox, to, now)
    const occupancy = await occupancyOf(tx, to)
    const admissions = admissionsOn(there, occupancy, bookings, now)
    const moving = assertFits(there, occupancy, admissions, isOne, now)
    const ended = chosen.length - bookings.length
    requireConfirmation(moveEffects({ moving, ended, here, there, occupancy }), confirmed)

    // Before the bookings are changed: see setEmailsAside.
    const ids = bookings.map(({ id }) => id)
    await setEmailsAside(tx, ids, ['bulletin'], 'Not sent: they have moved to another date.', now)
    const moved = await write(tx, to, moving, now)
    await outbox.announce(tx, 'booking.confirmed', moved.filter(({ isFirst }) => isFirst).map(dueOf))
    await outbox.announce(tx, 'booking.changed', moved.filter(({ isFirst }) => !isFirst).map(dueOf))
    const isServed = haveLapsed || moving.some(({ admission }) => admission === 'waiting')
    await outbox.announce(tx, 'place.freed', [{ activityId: from }, ...isServed ? [{ activityId: to }] : []])
    await recordAll(tx, ids.map(id => ({
      staffMemberId: by.id,
      action: 'booking.moved' as const,
      subject: here.slug,
      details: { booking: id, activity: [here.slug, there.slug] }
    })), now)
  })
}

/** Whether all who can be moved are where they were to go: a second press of the button finds them there. */
async function haveMoved (tx: Tx, from: string, to: string, ids: readonly string[]): Promise<boolean> {
  const found = await tx.booking.findMany({
    where: { id: { in: [...ids] } }, select: { activityId: true, status: true }
  })
  return found.length === ids.length && found.some(({ activityId }) => activityId === to) &&
    found.every(booking => booking.activityId === to || (booking.activityId === from && !live.holds(booking)))
}

/** Those whose bookings cannot be moved to another date whatever room it has. */
function listUnmovable (bookings: readonly Booking[], there: Activity): Obstacle[] {
  const of = (why: Obstacle['why'], some: readonly Booking[]) => some.map(({ name }) => ({ why, name }))
  return [
    ...of('carried', bookings.filter(({ copiedFromBookingId, status }) =>
      copiedFromBookingId !== undefined && status !== 'confirmed')),
    ...of('party-too-large', bookings.filter(({ places }) => places > there.placesPerBooking))
  ]
}

/** Throws where someone is in the way: of several people all of these are named at once. */
function assertNobodyInTheWay (obstacles: readonly Obstacle[], isOne: boolean): void {
  const [first] = obstacles
  if (first === undefined) return
  const { why, there } = first
  if (!isOne) throw new PeopleInTheWay(obstacles)
  if (why !== 'booked-there') throw new CannotMoveThere(why)
  throw new BookedThere(there?.id ?? '', `They have a booking on that date already: ${there?.reference ?? ''}.`)
}

/**
 * Deletes the copies of bookings on another date's list if their holders do not know about them; any other stays in the
 * way.
 */
async function deleteUnannouncedCopies (tx: Tx, bookings: readonly Booking[], activityId: string): Promise<void> {
  const ids = bookings.map(({ id }) => id)
  await tx.booking.deleteMany({ where: { activityId, copiedFromBookingId: { in: ids }, ...unheard.where } })
}

/** A booking that was moved: what is announced of it, and whether it has its first place. */
interface Moved extends EmailDue { isFirst: boolean }

/** Writes where bookings have moved, in one statement; they arrive there in the order in which they are given. */
async function write (tx: Tx, activityId: string, moving: readonly Moving[], now: DateTime<true>): Promise<Moved[]> {
  const at = now.toJSDate()
  // A first invitation is a new entry; people with a calendar entry, or on the list, are told of a change.
  const moved = moving.map(({ booking: { id, confirmedAt, icalSequence }, admission }) => {
    const isFirst = admission === 'confirmed' && confirmedAt === undefined
    return { bookingId: id, sequence: isFirst ? icalSequence : icalSequence + 1, isFirst }
  })
  await tx.$executeRaw`
    UPDATE bookings SET activity_id = ${activityId}::uuid, arrival = moved.arrival, status = moved.status,
      ical_sequence = moved.sequence, changed_at = ${at},
      waited_at = CASE moved.status WHEN 'waiting' THEN ${at} ELSE waited_at END,
      confirmed_at = CASE moved.status WHEN 'confirmed' THEN coalesce(confirmed_at, ${at}) ELSE confirmed_at END,
      offered_until = NULL, called_at = NULL, hold_id = NULL, priority = ${ordinary}, attended = NULL,
      minutes_at_least = NULL, joined_at = NULL, access_answer = NULL, access_answered_at = NULL
    FROM unnest(
      ${moved.map(({ bookingId }) => bookingId)}::uuid[],
      ${moving.map(({ admission }) => admission)}::text[],
      ${moved.map(({ sequence }) => sequence)}::int[],
      ${await nextArrivals(tx, moving.length)}::bigint[]
    ) AS moved (id, status, sequence, arrival)
    WHERE bookings.id = moved.id`
  return moved
}

function dueOf ({ bookingId, sequence }: Moved): EmailDue {
  return { bookingId, sequence }
}

/** The next numbers of arrival, the lowest first. */
async function nextArrivals (tx: Tx, count: number): Promise<bigint[]> {
  const rows = await tx.$queryRaw<Array<{ arrival: bigint }>>`
    SELECT nextval(pg_get_serial_sequence('bookings', 'arrival')) AS arrival FROM generate_series(1, ${count})`
  return rows.map(({ arrival }) => arrival).sort((one, other) => one < other ? -1 : 1)
}
