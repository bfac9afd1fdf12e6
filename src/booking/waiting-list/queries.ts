import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { instant } from '../../platform/clock.ts'
import { reached, unheard } from '../../programme/booking-rules.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { Booking } from '../bookings/booking.ts'
import { lockBooking } from '../bookings/queries.ts'
import { NotWaiting } from './errors.ts'
import { firstToAcceptHours } from './offer.ts'
import type { ServedNow } from './offer.ts'
import type { Waiting } from './line.ts'
import type { Lined } from './supply-effects.ts'

/** Someone in line, with what the next email to them needs. */
export interface InLine extends Waiting {
  isCopy: boolean
  offers: number
  icalSequence: number
}

/** Whether a row of `bookings` is of someone who is served. */
export function isServed ({ ordinary, carried }: ServedNow): Prisma.Sql {
  return Prisma.sql`CASE WHEN carried_from IS NULL THEN ${ordinary}::boolean ELSE ${carried}::boolean END`
}

/** Rows of a line read at once: it may be very long, and places rarely go far. */
const pageSize = 100

/**
 * Reads a line in its order, a page at a time: priority groups, then arrival. Leaves out parties larger than `free()`,
 * which falls as places are given, and stops when nothing is free.
 */
export async function * readLine (
  db: Reader, activityId: string, served: ServedNow, free: () => number
): AsyncGenerator<InLine[]> {
  let last = { priority: 0, arrival: 0n }
  while (free() > 0) {
    const page = await db.$queryRaw<Array<InLine & { priority: number, arrival: bigint }>>`
      SELECT id, places, carried_from IS NOT NULL AS "isCopy", offers, ical_sequence AS "icalSequence", priority, arrival
      FROM bookings
      WHERE activity_id = ${activityId}::uuid AND status = 'waiting' AND places <= ${free()}
        AND ${isServed(served)}
        AND (priority, arrival) > (${last.priority}::int, ${last.arrival}::bigint)
      ORDER BY priority, arrival LIMIT ${pageSize}`
    if (page.length > 0) yield page
    const end = page.at(-1)
    if (end === undefined || page.length < pageSize) return
    last = end
  }
}

/**
 * True if a booking `b` that put someone on this list unasked is no longer needed: they have a place on the date that
 * they asked for or on another date, or have left the list that they had joined.
 */
export const isSettledElsewhere = Prisma.sql`(
  EXISTS (
    SELECT FROM bookings asked
    WHERE asked.id = b.carried_from AND (asked.status = 'confirmed'
      OR (asked.status = 'cancelled' AND asked.cancelled_by IS DISTINCT FROM 'activity')))
  OR EXISTS (SELECT FROM bookings other WHERE other.carried_from = b.carried_from AND other.status = 'confirmed'))`

/** Reads a whole line in its order, without those who are removed from it before it is served. */
export async function readWholeLine (db: Reader, activityId: string): Promise<Array<Lined & { id: string }>> {
  return await db.$queryRaw<Array<Lined & { id: string }>>`
    SELECT id, places, carried_from IS NOT NULL AS "isCopy", called_at IS NOT NULL AS "isCalled",
      NOT ${reached.sql('b')} AS "isUnreachable"
    FROM bookings b
    WHERE activity_id = ${activityId}::uuid AND status = 'waiting' AND NOT (${unheard.sql('b')} AND ${isSettledElsewhere})
    ORDER BY priority, arrival`
}

/**
 * Ids of activities that `serveWaitingList` would change at `now`: booking on them has closed, an offer ran out, a hold
 * is due, free places fit someone who waits, or a call has ended. May include one whose booking closes tonight and
 * whose people have been called: serving it again does nothing.
 */
export async function listUnserved (db: Reader, now: DateTime<true>): Promise<string[]> {
  const at = now.toJSDate()
  const rows = await db.$queryRaw<Array<{ id: string }>>`
    SELECT a.id
    FROM activities a JOIN occupancies o ON o.activity_id = a.id
      CROSS JOIN LATERAL (SELECT
        a.capacity * (100 + a.over_booking_percent) / 100 - o.confirmed - o.offered - o.held AS free,
        coalesce(a.booking_closes_at, a.starts_at) <= ${at} AS is_closed,
        a.starts_at - make_interval(hours => ${firstToAcceptHours}) <= ${at} AS is_late
      ) AS is_now
    WHERE a.status = 'published' AND a.booking = 'places' AND (
      (is_closed AND o.offered + o.waiting > 0)
      OR (o.offered > 0 AND a.id IN (
        SELECT activity_id FROM bookings WHERE status = 'offered' AND offered_until <= ${at}))
      OR a.id IN (SELECT activity_id FROM holds WHERE returned_at IS NULL AND returns_at <= ${at})
      OR (NOT is_closed AND o.waiting > 0 AND free > 0 AND EXISTS (
        SELECT FROM bookings b
        WHERE b.activity_id = a.id AND b.status = 'waiting' AND b.places <= free
          AND (b.carried_from IS NOT NULL OR a.waiting_list <> 'by-hand')
          AND b.called_at IS NULL))
      OR (NOT is_closed AND o.waiting > 0 AND EXISTS (
        SELECT FROM bookings b
        WHERE b.activity_id = a.id AND b.status = 'waiting' AND b.called_at IS NOT NULL
          AND (b.places > free OR NOT is_late OR (b.carried_from IS NULL AND a.waiting_list <> 'offers'))))
    )`
  return rows.map(({ id }) => id)
}

/** Someone in line, as organisers see them. */
export interface Waiter {
  id: string
  reference: string
  name: string
  phone: string | undefined
  /** Whether emails reach them, as far as is known. */
  isReachable: boolean
  places: number
  priority: number
  waitedAt: DateTime<true> | undefined
  /** Whether free places are open to them if they are the first to accept. */
  isCalled: boolean
  /** The activity whose waiting list they came from: they never asked for this one. */
  copiedFrom: CopiedFrom | undefined
  /** Whether they came from another date, which may no longer exist. */
  isCopy: boolean
}

export type CopiedFrom = Pick<Activity, 'slug' | 'startsAt' | 'zone'>

/** A piece of an activity's line in its order: priority groups, then arrival. */
export async function listLine (
  db: Reader, activityId: string, { skip, take }: { skip: number, take: number }
): Promise<Waiter[]> {
  const rows = await db.booking.findMany({
    where: { activityId, status: 'waiting' }, orderBy: [{ priority: 'asc' }, { arrival: 'asc' }], skip, take
  })
  const earlier = await db.booking.findMany({
    where: { id: { in: rows.flatMap(({ copiedFromBookingId }) => copiedFromBookingId ?? []) } },
    select: { id: true, activity: { select: { slug: true, startsAt: true, zone: true } } }
  })
  const activityOf = new Map(earlier.map(({ id, activity: { slug, startsAt, zone } }) =>
    [id, { slug, startsAt: instant(startsAt), zone }]))
  return rows.map(({
    id, reference, name, email, phone, unreachableAt, places, priority, waitedAt, calledAt, copiedFromBookingId
  }) => ({
    id,
    reference,
    name,
    phone: phone ?? undefined,
    isReachable: email !== null && unreachableAt === null,
    places,
    priority,
    waitedAt: waitedAt === null ? undefined : instant(waitedAt),
    isCalled: calledAt !== null,
    copiedFrom: activityOf.get(copiedFromBookingId ?? ''),
    isCopy: copiedFromBookingId !== null
  }))
}

/** Someone with an offer, as organisers see them. */
export interface Offered {
  id: string
  reference: string
  name: string
  places: number
  until: DateTime<true>
}

/** The offers on an activity, the first to end first. */
export async function listOffered (db: Reader, activityId: string, take: number): Promise<Offered[]> {
  const rows = await db.booking.findMany({
    where: { activityId, status: 'offered', offeredUntil: { not: null } },
    select: { id: true, reference: true, name: true, places: true, offeredUntil: true },
    orderBy: [{ offeredUntil: 'asc' }, { arrival: 'asc' }],
    take
  })
  return rows.flatMap(({ offeredUntil: until, ...row }) => until === null ? [] : { ...row, until: instant(until) })
}

/** Number of waiting bookings by priority rank. */
export async function countByPriority (db: Reader, activityId: string): Promise<Map<number, number>> {
  const groups = await db.booking.groupBy({
    by: ['priority'], where: { activityId, status: 'waiting' }, _count: true
  })
  return new Map(groups.map(({ priority, _count }) => [priority, _count]))
}

/** As `lockBooking`; the booking must be waiting. */
export async function lockWaiting (tx: Tx, bookingId: string): Promise<{ booking: Booking, activity: Activity }> {
  const { booking, activity } = await lockBooking(tx, bookingId)
  if (booking.status !== 'waiting') throw new NotWaiting()
  return { booking, activity }
}
