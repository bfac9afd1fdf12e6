import type { DateTime } from 'luxon'
import { instant, calendarDay } from '../../platform/clock.ts'
import { isId } from '../../platform/http/url-params.ts'
import { placeShownTo } from '../../programme/activities/place.ts'
import { activityOf, lockActivity, occupancyOf } from '../../programme/activities/queries.ts'
import { freePlaces } from '../../programme/activities/supply.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { live } from '../../programme/booking-rules.ts'
import type { Booking as Row, Prisma } from '../../platform/database/generated/client.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { liveStatuses } from './booking.ts'
import type { AttendanceSource, AttendeeRole, Booking, BookingStatus, CancelledBy, LapseReason, QuestionOutcome } from './booking.ts'
import type { Candidate, EarlierBooking } from './admission.ts'
import { AlreadyCancelled, BookingMoved, BookingNotFound, ChosenGone } from './errors.ts'
import { farthestCounted } from './effective-status.ts'
import type { PriorityGroup } from './effective-status.ts'

export interface BookingWithActivity extends Booking {
  activity: Activity
}

const withActivity = { activity: { include: { campaign: true } } } satisfies Prisma.BookingInclude

export async function getBooking (db: Reader, id: string): Promise<BookingWithActivity> {
  const booking = await findBooking(db, id)
  if (booking === undefined) throw new BookingNotFound()
  return booking
}

export async function findBooking (db: Reader, id: string): Promise<BookingWithActivity | undefined> {
  const row = await db.booking.findUnique({ where: { id }, include: withActivity })
  return row === null ? undefined : bookingWith(row, activityOf(row.activity))
}

/**
 * Bookings in the order of `ids`, as they are now; undefined if a booking no longer exists. Each activity is read once
 * for all its bookings.
 */
export async function findBookings (
  db: Reader, ids: readonly string[]
): Promise<Array<BookingWithActivity | undefined>> {
  const rows = await db.booking.findMany({ where: { id: { in: [...ids] } } })
  const activities = new Map((await db.activity.findMany({
    where: { id: { in: [...new Set(rows.map(({ activityId }) => activityId))] } }, ...withActivity.activity
  })).map(row => [row.id, activityOf(row)]))
  const bookings = new Map(rows.map(row => [row.id, row]))
  return ids.map(id => {
    const row = bookings.get(id)
    const activity = activities.get(row?.activityId ?? '')
    return row && activity && bookingWith(row, activity)
  })
}

/**
 * Bookings of an activity that already use one of the live addresses of these candidates, and those that were made by
 * one of their submissions, whatever activity they are on now.
 *
 * The activity is compared here and not in SQL: given `activity_id = …` as well, the planner, whose statistics know
 * nothing of an activity that filled a second ago, reads the whole activity instead of the few index entries of each
 * address.
 */
export async function listEarlier (
  db: Reader, activityId: string, candidates: readonly Candidate[]
): Promise<EarlierBooking[]> {
  const submissions = candidates.map(candidate => candidate.submissionId)
  const addresses = candidates.flatMap(({ canonicalEmail }) => canonicalEmail ?? [])
  const rows = await db.$queryRaw<Array<EarlierBooking & { activityId: string }>>`
    SELECT id, activity_id AS "activityId", submission_id AS "submissionId", canonical_email AS "canonicalEmail",
      ${live.sql()} AS "isLive", status = 'waiting' AS "isWaiting", places
    FROM bookings WHERE submission_id = ANY (${submissions}::uuid[])
    UNION
    SELECT id, activity_id, submission_id, canonical_email, true, status = 'waiting', places
    FROM bookings WHERE canonical_email = ANY (${addresses}::text[]) AND ${live.sql()}`
  const made = new Set(submissions)
  return rows.filter(row => row.activityId === activityId || made.has(row.submissionId))
    .map(row => ({ ...row, isLive: row.isLive && row.activityId === activityId }))
}

/** Someone's position on the waiting list, 1 being next, as far back as positions are counted. */
export async function positionOf (db: Reader, { id, activityId }: Booking): Promise<number> {
  const [{ before } = { before: 0 }] = await db.$queryRaw<Array<{ before: number }>>`
    SELECT count(*)::int AS before FROM (
      SELECT FROM bookings
      WHERE activity_id = ${activityId}::uuid AND status = 'waiting'
        AND (priority, arrival) < (SELECT priority, arrival FROM bookings WHERE id = ${id}::uuid)
      LIMIT ${farthestCounted}
    ) AS line`
  return before + 1
}

/** Someone's position, and how many places of their activity are free. */
export async function queuePositionOf (
  db: Reader, booking: BookingWithActivity
): Promise<{ position: number, free: number }> {
  const occupancy = await occupancyOf(db, booking.activityId)
  return { position: await positionOf(db, booking), free: freePlaces(booking.activity, occupancy) }
}

/** Priority groups of an activity's waiting list, in the order of their rank. */
export async function listPriorityGroups (db: Reader, activityId: string): Promise<PriorityGroup[]> {
  return await db.priorityGroup.findMany({
    where: { activityId }, select: { rank: true, name: true, reason: true }, orderBy: { rank: 'asc' }
  })
}

/** The booking from which this one was made for another date; undefined if there is none, or it was erased. */
export async function findFirstBooking (
  db: Reader, { copiedFromBookingId }: Booking
): Promise<BookingWithActivity | undefined> {
  return copiedFromBookingId === undefined ? undefined : await findBooking(db, copiedFromBookingId)
}

/** A booking with its activity as its holder may read it. */
export function bookingWith (row: Row, activity: Activity): BookingWithActivity {
  const booking = bookingOf(row)
  return { ...booking, activity: placeShownTo({ booking }, activity) }
}

/** Converts a row. */
export function bookingOf (row: Row): Booking {
  return {
    id: row.id,
    activityId: row.activityId,
    reference: row.reference,
    name: row.name,
    email: row.email ?? undefined,
    role: row.role as AttendeeRole,
    places: row.places,
    status: row.status as BookingStatus,
    district: row.district ?? undefined,
    phone: row.phone ?? undefined,
    accessNeeds: row.accessNeeds ?? undefined,
    accessAnswer: row.accessAnswer ?? undefined,
    question: row.question ?? undefined,
    questionOutcome: row.questionOutcome as QuestionOutcome | null ?? undefined,
    heardFrom: row.heardFrom ?? undefined,
    createdAt: instant(row.createdAt),
    changedAt: instant(row.changedAt),
    waitedAt: row.waitedAt === null ? undefined : instant(row.waitedAt),
    offeredUntil: row.status === 'offered' && row.offeredUntil !== null ? instant(row.offeredUntil) : undefined,
    offers: row.offers,
    isCalled: row.calledAt !== null,
    lapseReason: row.lapseReason as LapseReason | null ?? undefined,
    copiedFromBookingId: row.copiedFromBookingId ?? undefined,
    holdId: row.holdId ?? undefined,
    priority: row.priority,
    confirmedAt: row.confirmedAt === null ? undefined : instant(row.confirmedAt),
    icalUid: row.icalUid,
    icalSequence: row.icalSequence,
    icalOrganizer: row.icalOrganizer ?? undefined,
    linkVersion: row.linkVersion,
    attended: row.attended ?? undefined,
    camePlaces: row.camePlaces ?? undefined,
    minutesAtLeast: row.minutesAtLeast ?? undefined,
    attendanceSource: row.attendanceSource as AttendanceSource | null ?? undefined,
    joinedAt: row.joinedAt === null ? undefined : instant(row.joinedAt),
    cancelledBy: row.cancelledBy as CancelledBy | null ?? undefined,
    remindersOff: row.remindersOff,
    unreachableAt: row.unreachableAt === null ? undefined : instant(row.unreachableAt),
    eraseOn: calendarDay(row.eraseOn)
  }
}

/** Returns a booking of an activity by its id. Throws `BookingNotFound` if the activity has no such booking. */
export async function getBookingOn (db: Reader, activityId: string, id: string): Promise<Booking> {
  const row = await db.booking.findFirst({ where: { id, activityId } })
  if (row === null) throw new BookingNotFound()
  return bookingOf(row)
}

/**
 * Bookings that were chosen from an activity's attendee list, in order of arrival. Throws `ChosenGone` if one of them
 * is not of this activity. Found by their ids alone, for the reason given at `listEarlier`.
 */
export async function getChosen (db: Reader, activityId: string, ids: readonly string[]): Promise<Booking[]> {
  const chosen = await listChosen(db, activityId, ids)
  if (chosen.length < ids.length) throw new ChosenGone()
  return chosen
}

/** The same of those who are still on the list, whatever became of the others. */
export async function listChosen (db: Reader, activityId: string, ids: readonly string[]): Promise<Booking[]> {
  const rows = await db.booking.findMany({ where: { id: { in: ids.filter(isId) } }, orderBy: { arrival: 'asc' } })
  return rows.filter(row => row.activityId === activityId).map(bookingOf)
}

/** Locks the activity of a booking, then reads the booking. Throws `BookingMoved` if it left the activity meanwhile. */
export async function lockBooking (tx: Tx, bookingId: string): Promise<{ booking: Booking, activity: Activity }> {
  const found = await tx.booking.findUnique({ where: { id: bookingId }, select: { activityId: true } })
  if (found === null) throw new BookingNotFound()
  const activity = await lockActivity(tx, found.activityId)
  const booking = bookingOf(await tx.booking.findUniqueOrThrow({ where: { id: bookingId } }))
  if (booking.activityId !== activity.id) throw new BookingMoved()
  return { booking, activity }
}

/** As `lockBooking`; the booking must be live and not over. */
export async function lockLiveBooking (
  tx: Tx, bookingId: string, now: DateTime<true>
): Promise<{ booking: Booking, activity: Activity }> {
  const { booking, activity } = await lockBooking(tx, bookingId)
  if (!liveStatuses.includes(booking.status)) throw new AlreadyCancelled()
  if (now >= activity.endsAt) throw new BookingNotOpen('over')
  return { booking, activity }
}
