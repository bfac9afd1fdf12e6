import { instant } from '../clock.ts'
import { activityOf } from '../activities/queries.ts'
import type { Activity } from '../activities/activity.ts'
import type { Booking as Row, Prisma } from '../database/generated/client.ts'
import type { Reader } from '../database/connect.ts'
import { liveStatuses } from './booking.ts'
import type { Booking, BookingStatus, Role } from './booking.ts'
import type { Candidate, EarlierBooking } from './admission.ts'
import { BookingNotFound } from './errors.ts'

export interface BookingWithActivity extends Booking {
  activity: Activity
}

const withActivity = { activity: { include: { campaign: true } } } satisfies Prisma.BookingInclude

export async function getBooking (db: Reader, id: string): Promise<BookingWithActivity> {
  const row = await db.booking.findUnique({ where: { id }, include: withActivity })
  if (row === null) throw new BookingNotFound()
  return { ...bookingOf(row), activity: activityOf(row.activity) }
}

/** Bookings of an activity that already use one of the submissions or live addresses of these candidates. */
export async function listEarlier (
  db: Reader, activityId: string, candidates: readonly Candidate[]
): Promise<EarlierBooking[]> {
  const rows = await db.booking.findMany({
    where: {
      activityId,
      OR: [
        { submissionId: { in: candidates.map(candidate => candidate.submissionId) } },
        { canonicalEmail: { in: candidates.map(candidate => candidate.canonicalEmail) }, status: { in: liveStatuses } }
      ]
    },
    select: { id: true, submissionId: true, canonicalEmail: true, status: true }
  })
  return rows.map(({ status, ...row }) => ({ ...row, isLive: liveStatuses.includes(status as BookingStatus) }))
}

/** Where someone stands on the waiting list, 1 being next. */
export async function positionOf (db: Reader, { id, activityId }: Booking): Promise<number> {
  const { arrival } = await db.booking.findUniqueOrThrow({ where: { id }, select: { arrival: true } })
  return await db.booking.count({ where: { activityId, status: 'waiting', arrival: { lte: arrival } } })
}

/** Turns a row into what the service works with. */
export function bookingOf (row: Row): Booking {
  return {
    id: row.id,
    activityId: row.activityId,
    reference: row.reference,
    name: row.name,
    email: row.email,
    role: row.role as Role,
    places: row.places,
    status: row.status as BookingStatus,
    district: row.district ?? undefined,
    phone: row.phone ?? undefined,
    accessNeeds: row.accessNeeds ?? undefined,
    question: row.question ?? undefined,
    heardFrom: row.heardFrom ?? undefined,
    createdAt: instant(row.createdAt),
    waitedAt: row.waitedAt === null ? undefined : instant(row.waitedAt),
    confirmedAt: row.confirmedAt === null ? undefined : instant(row.confirmedAt),
    icalUid: row.icalUid,
    icalSequence: row.icalSequence,
    icalOrganizer: row.icalOrganizer ?? undefined,
    attended: row.attended ?? undefined
  }
}
