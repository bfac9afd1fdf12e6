import type { DateTime } from 'luxon'
import type { CancelledBy, LapseReason } from '../../booking/bookings/booking.ts'
import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import { kindOf, kinds } from './kinds.ts'
import type { EmailFact, EmailKind } from './kinds.ts'

/**
 * Why an email that a job is to send has not gone: it goes with the next round; the job waits on purpose for a minute
 * or less, for another email or for further changes; the brake on first emails holds it (strangers.ts); or it was
 * tried, and is tried again.
 */
export type Waits = 'next' | 'a-moment' | 'held' | 'again'

/** An email for which there is a job. */
export interface PendingEmail {
  bookingId: string
  kind: EmailKind
  waits: Waits
  /** Not before then, by the database's clock, as the queue itself. */
  from: DateTime<true>
}

/** Emails of one activity that wait for the same reason. */
export interface PendingGroup extends Omit<PendingEmail, 'bookingId'> {
  activityId: string
  emails: number
}

const facts = [...new Set(Object.values(kinds).map(({ fact }) => fact))]

/** Whoever puts an email off for longer than a claim lasts is the brake. */
const longestMoment = 61

/** What `kindOf` asks of a booking, and why its email waits. */
const columns = Prisma.sql`
  job.name AS fact, job.data->>'kind' AS named, b.waited_at IS NOT NULL AS "hasWaited",
  b.lapse_reason AS "lapseReason", b.cancelled_by AS "cancelledBy",
  CASE
    WHEN job.state = 'retry' THEN 'again'
    WHEN job.state = 'active' OR job.start_after <= now() THEN 'next'
    WHEN job.start_after > job.created_on + make_interval(secs => ${longestMoment}) THEN 'held'
    ELSE 'a-moment'
  END AS waits`

const unfinished = Prisma.sql`job.name = ANY (${facts}::text[]) AND job.state < 'completed'`

interface Row {
  fact: EmailFact
  named: string | null
  hasWaited: boolean
  lapseReason: LapseReason | null
  cancelledBy: CancelledBy | null
  waits: Waits
  from: Date
}

/** The emails to these bookings for which there is a job, the next first. */
export async function listPending (db: Reader, bookingIds: readonly string[]): Promise<PendingEmail[]> {
  const rows = await db.$queryRaw<Array<Row & { bookingId: string }>>`
    SELECT ${columns}, job.start_after AS "from", b.id AS "bookingId"
    FROM bookings b JOIN pgboss.job job ON job.data->>'bookingId' = b.id::text
    WHERE b.id = ANY (${bookingIds}::uuid[]) AND ${unfinished} ORDER BY job.start_after, job.id`
  return rows.map(row => ({ bookingId: row.bookingId, ...readRow(row) }))
}

/** How many emails have a job, by activity, kind and why they wait. */
export async function countPending (db: Reader): Promise<PendingGroup[]> {
  const rows = await db.$queryRaw<Array<Row & { activityId: string, emails: number }>>`
    SELECT ${columns}, min(job.start_after) AS "from", b.activity_id AS "activityId", count(*)::int AS emails
    FROM pgboss.job job JOIN bookings b ON b.id = (job.data->>'bookingId')::uuid
    WHERE ${unfinished} GROUP BY b.activity_id, 1, 2, 3, 4, 5, 6`
  return rows.map(row => ({ activityId: row.activityId, emails: row.emails, ...readRow(row) }))
}

function readRow ({ fact, named, hasWaited, lapseReason, cancelledBy, waits, from }: Row) {
  const at = instant(from)
  const booking = {
    waitedAt: hasWaited ? at : undefined, lapseReason: lapseReason ?? undefined, cancelledBy: cancelledBy ?? undefined
  }
  return { kind: kindOf(fact, booking, named ?? undefined), waits, from: at }
}
