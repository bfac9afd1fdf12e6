import { namesOf } from '../../identity/staff/queries.ts'
import type { DateTime } from 'luxon'
import type { AttendanceSource, BookingStatus, LapseReason, QuestionOutcome } from '../../booking/bookings/booking.ts'
import type { Handover } from '../../booking/bookings/handover.ts'
import { openedAnswer } from '../../booking/bookings/sealed-answers.ts'
import { inOrderOf } from '../../booking/attendees/matching.ts'
import { instant } from '../../platform/clock.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { EmailStatus } from '../../mail/emails/in-words.ts'
import type { EmailKind } from '../../mail/emails/kinds.ts'
import type { AttendanceNow } from './attendance.ts'

/** Someone with a place, with no more data than the person at the door needs: hosts read nothing else. */
export interface Guest {
  id: string
  reference: string
  name: string
  places: number
  accessNeeds: string | undefined
  accessAnswer: string | undefined
  attended: boolean | undefined
  /** How many of its people came; undefined: not known, or nobody counted. */
  camePlaces: number | undefined
  joinedAt: DateTime<true> | undefined
  attendanceSource: AttendanceSource | undefined
}

interface GuestRow extends Pick<Guest, 'id' | 'reference' | 'name' | 'places'> {
  accessNeeds: string | null
  accessAnswer: string | null
  attended: boolean | null
  camePlaces: number | null
  joinedAt: Date | null
  attendanceSource: AttendanceSource | null
}

/** Everyone who has a place in an activity, or those of `ids` who have one: by surname, as on every list. */
export async function listGuests (db: Reader, activityId: string, ids?: readonly string[]): Promise<Guest[]> {
  const rows = await db.$queryRaw<GuestRow[]>`
    SELECT b.id, b.reference, b.name, b.places, b.access_needs AS "accessNeeds", b.access_answer AS "accessAnswer",
      b.attended, b.came_places AS "camePlaces", b.joined_at AS "joinedAt", b.attendance_source AS "attendanceSource"
    FROM bookings b WHERE b.activity_id = ${activityId}::uuid AND b.status = 'confirmed'
      ${ids === undefined ? Prisma.empty : Prisma.sql`AND b.id = ANY (${[...ids]}::uuid[])`}
    ORDER BY ${inOrderOf({ sort: 'name', isDescending: false })}`
  return rows.map(row => ({
    ...row,
    accessNeeds: openedAnswer(db, row.id, 'accessNeeds', row.accessNeeds),
    accessAnswer: openedAnswer(db, row.id, 'accessAnswer', row.accessAnswer),
    attended: row.attended ?? undefined,
    camePlaces: row.camePlaces ?? undefined,
    joinedAt: row.joinedAt === null ? undefined : instant(row.joinedAt),
    attendanceSource: row.attendanceSource ?? undefined
  }))
}

/** A question that came with a booking, or what is kept after it was handed over. */
export interface Question {
  bookingId: string
  reference: string
  name: string
  status: BookingStatus
  lapseReason: LapseReason | undefined
  text: string | undefined
  outcome: QuestionOutcome | undefined
  settledAt: DateTime<true> | undefined
  /** Undefined: no one has, or their account is gone. */
  settledBy: string | undefined
  /** Who received it when it was handed over, the latest last. */
  handovers: Handover[]
}

/**
 * The questions of an activity, in the order in which they came. Also those of people who wait or have cancelled: a
 * booking that comes to nothing may ask for help.
 */
export async function listQuestions (db: Reader, activityId: string, bookingId?: string): Promise<Question[]> {
  const rows = await db.booking.findMany({
    where: {
      activityId,
      ...(bookingId !== undefined && { id: bookingId }),
      OR: [{ question: { not: null } }, { questionOutcome: { not: null } }, { handovers: { some: {} } }]
    },
    select: {
      id: true,
      reference: true,
      name: true,
      status: true,
      lapseReason: true,
      question: true,
      questionOutcome: true,
      questionSettledAt: true,
      questionSettledById: true,
      handovers: {
        select: { hub: true, receivedBy: true, receivedAt: true, reference: true }, orderBy: { handedAt: 'asc' }
      }
    },
    orderBy: { arrival: 'asc' }
  })
  const names = await namesOf(db, rows.map(({ questionSettledById }) => questionSettledById))
  return rows.map(row => ({
    bookingId: row.id,
    reference: row.reference,
    name: row.name,
    status: row.status as BookingStatus,
    lapseReason: row.lapseReason as LapseReason | null ?? undefined,
    text: row.question ?? undefined,
    outcome: row.questionOutcome as QuestionOutcome | null ?? undefined,
    settledAt: row.questionSettledAt === null ? undefined : instant(row.questionSettledAt),
    settledBy: names.get(row.questionSettledById ?? ''),
    handovers: row.handovers.map(handover => ({ ...handover, receivedAt: instant(handover.receivedAt) }))
  }))
}

/** Emails of one kind to the people of an activity. */
export interface EmailsOfKind {
  kind: EmailKind
  emails: number
  sent: number
  waiting: number
  notArrived: number
  lastAt: DateTime<true> | undefined
}

/** How many emails of each kind an activity has called for, their states and when the last one went. */
export async function countEmailsByKind (db: Reader, activityId: string): Promise<EmailsOfKind[]> {
  const rows = await db.$queryRaw<Array<Omit<EmailsOfKind, 'lastAt'> & { lastAt: Date | null }>>`
    SELECT l.kind, count(*)::int AS emails,
      count(*) FILTER (WHERE l.status = 'sent')::int AS sent,
      count(*) FILTER (WHERE l.status = 'queued')::int AS waiting,
      count(*) FILTER (WHERE l.status = ANY (${notArrived}::text[]))::int AS "notArrived",
      max(l.sent_at) AS "lastAt"
    FROM letters l JOIN bookings b ON b.id = l.booking_id
    WHERE b.activity_id = ${activityId}::uuid AND l.status <> 'withdrawn'
    GROUP BY l.kind ORDER BY max(l.sent_at) DESC NULLS FIRST, l.kind`
  return rows.map(row => ({ ...row, lastAt: row.lastAt === null ? undefined : instant(row.lastAt) }))
}

const notArrived: EmailStatus[] = ['failed', 'bounced']

/** The parts of a booking that decide what may be recorded of it. */
export interface AttendanceState extends AttendanceNow {
  id: string
  reference: string
  places: number
}

/**
 * Takes the row locks of those of these bookings of an activity that have a place, then reads them, by reference. In
 * the order of their ids: two people who record many at once cannot wait for each other. The activity's row is locked
 * first, in shared mode, because changes to all its bookings hold it and lock them in another order.
 */
export async function lockGuests (
  tx: Tx, activityId: string, references: readonly string[]
): Promise<Map<string, AttendanceState>> {
  await tx.$queryRaw`SELECT 1 FROM activities WHERE id = ${activityId}::uuid FOR SHARE`
  const rows = await tx.$queryRaw<Array<{
    id: string
    reference: string
    places: number
    attended: boolean | null
    camePlaces: number | null
    hasJoined: boolean
  }>>`
    SELECT id, reference, places, attended, came_places AS "camePlaces", joined_at IS NOT NULL AS "hasJoined" FROM bookings
    WHERE reference = ANY (${references}::text[]) AND activity_id = ${activityId}::uuid AND status = 'confirmed'
    ORDER BY id FOR UPDATE`
  return new Map(rows.map(row =>
    [row.reference, { ...row, attended: row.attended ?? undefined, camePlaces: row.camePlaces ?? undefined }]))
}

/**
 * The bookings of one person for several dates of the same activity, because their turn was carried over: each contains
 * their question.
 */
export async function listLinkedBookings (
  db: Reader, bookingId: string
): Promise<Array<{ id: string, activityId: string }>> {
  return await db.$queryRaw`
    WITH root AS (SELECT coalesce(carried_from, id) AS id FROM bookings WHERE id = ${bookingId}::uuid)
    SELECT b.id, b.activity_id AS "activityId" FROM bookings b, root WHERE b.id = root.id OR b.id = ${bookingId}::uuid
    UNION
    SELECT b.id, b.activity_id FROM bookings b, root WHERE b.carried_from = root.id`
}

/** How many people are noted as having come to an activity without a booking. */
export async function walkInsOf (db: Reader, activityId: string): Promise<number | undefined> {
  const { walkIns } = await db.activity.findUniqueOrThrow({ where: { id: activityId }, select: { walkIns: true } })
  return walkIns ?? undefined
}
