import type { DateTime } from 'luxon'
import { instant } from '../../platform/clock.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import { EmailNotFound } from './errors.ts'
import type { EmailStatus } from './in-words.ts'
import type { BulletinReach, EmailKind } from './kinds.ts'
import { readSentContent, tellingKinds } from './told.ts'
import type { PreviousContent } from './told.ts'

/** What the holder of a booking was told before an email goes. */
export interface Before {
  earlier: PreviousContent
  /** Whether a later email was tried and may or may not have arrived: then we cannot tell what they know. */
  isUnsure: boolean
}

/** What the holder was told before an email that is in hand: for a copy, before the original. */
export async function readBefore (db: Reader, emailId: string): Promise<Before> {
  const [row] = await db.$queryRaw<Array<{ told: unknown, hasTold: boolean, isUnsure: boolean }>>`
    SELECT before.told, before.booking_id IS NOT NULL AS "hasTold", EXISTS (
      SELECT FROM letters tried
      WHERE tried.booking_id = letter.booking_id AND tried.kind = letter.kind AND tried.sent_at IS NULL
        AND tried.attempts > CASE WHEN tried.id = letter.id THEN 1 ELSE 0 END) AS "isUnsure"
    FROM letters letter LEFT JOIN LATERAL (
      SELECT other.booking_id, other.told FROM letters other
      WHERE other.booking_id = letter.booking_id AND other.kind = ANY (${tellingKinds}::text[])
        AND (other.kind, other.sequence) <> (letter.kind, letter.sequence)
        AND other.sent_at <= coalesce((
          SELECT min(same.sent_at) FROM letters same
          WHERE same.booking_id = letter.booking_id AND same.kind = letter.kind AND same.sequence = letter.sequence
        ), 'infinity')
      ORDER BY other.sent_at DESC LIMIT 1) AS before ON true
    WHERE letter.id = ${emailId}::uuid`
  return {
    earlier: row?.hasTold === true ? readSentContent(row.told) : 'nothing',
    isUnsure: row?.isUnsure ?? true
  }
}

/** What an organiser wrote, to whom, and whether they stopped it on its way. */
export interface BulletinText extends BulletinReach {
  heading: string
  body: string
}

/**
 * A bulletin by its activity and number. A bulletin that does not exist was for people of another date, from which a
 * booking has moved: it is not sent, as if it were stopped.
 */
export async function getBulletinText (db: Reader, activityId: string, number: number): Promise<BulletinText> {
  const bulletin = await db.bulletin.findUnique({ where: { activityId_number: { activityId, number } } })
  if (bulletin === null) return { heading: '', body: '', audience: 'everyone', isStopped: true }
  const { heading, body, audience, stoppedAt } = bulletin
  return { heading, body, audience, isStopped: stoppedAt !== null }
}

/** An email, and the latest copy of it, which may be itself. */
export interface EmailWithLatest {
  bookingId: string
  kind: EmailKind
  sequence: number
  copy: number
  status: EmailStatus
  latest: { copy: number, status: EmailStatus }
}

/** Takes an email's row lock until the transaction ends, then reads it. */
export async function lockEmail (tx: Tx, id: string): Promise<EmailWithLatest> {
  await tx.$queryRaw`SELECT 1 FROM letters WHERE id = ${id}::uuid FOR UPDATE`
  const email = await tx.email.findUnique({ where: { id } })
  if (email === null) throw new EmailNotFound()
  const { bookingId, kind, sequence, copy, status } = email
  const latest = await tx.email.findFirstOrThrow({
    where: { bookingId, kind, sequence }, select: { copy: true, status: true }, orderBy: { copy: 'desc' }
  })
  return {
    bookingId,
    kind: kind as EmailKind,
    sequence,
    copy,
    status: status as EmailStatus,
    latest: { copy: latest.copy, status: latest.status as EmailStatus }
  }
}

/** Emails of one activity, of one booking alone, or of several. */
export type EmailsOf = { activityId: string } | { bookingId: string } | { bookingIds: readonly string[] }

/** Which emails are looked for; undefined: any. */
export interface EmailFilter {
  statuses: readonly EmailStatus[] | undefined
  kind: EmailKind | undefined
}

/** An email in the log. */
export interface LoggedEmail {
  id: string
  bookingId: string
  kind: EmailKind
  sequence: number
  copy: number
  status: EmailStatus
  attempts: number
  /** The mail server's last answer, or why it was not sent. */
  answer: string | undefined
  createdAt: DateTime<true>
  sentAt: DateTime<true> | undefined
  /** Whether no later copy of it was made. */
  isLatest: boolean
}

/** Emails, the newest first. */
export async function listEmails (
  db: Reader, of: EmailsOf, { statuses, kind }: EmailFilter, { skip, take }: { skip: number, take: number }
): Promise<LoggedEmail[]> {
  const rows = await db.$queryRaw<Array<Omit<LoggedEmail, 'createdAt' | 'sentAt' | 'answer'> & {
    answer: string | null, createdAt: Date, sentAt: Date | null
  }>>`
    SELECT id, booking_id AS "bookingId", kind, sequence, copy, status, attempts, answer, created_at AS "createdAt",
      sent_at AS "sentAt", NOT EXISTS (
        SELECT FROM letters later
        WHERE (later.booking_id, later.kind, later.sequence) = (letter.booking_id, letter.kind, letter.sequence)
          AND later.copy > letter.copy) AS "isLatest"
    FROM (
      SELECT l.*, b.arrival FROM letters l JOIN bookings b ON b.id = l.booking_id
      WHERE ${whichOf(of)}
        ${statuses === undefined ? Prisma.empty : Prisma.sql`AND l.status = ANY (${[...statuses]}::text[])`}
        ${kind === undefined ? Prisma.empty : Prisma.sql`AND l.kind = ${kind}`}
      ORDER BY l.created_at DESC, b.arrival DESC, l.id
      LIMIT ${take} OFFSET ${skip}
    ) AS letter
    ORDER BY created_at DESC, arrival DESC, id`
  return rows.map(({ answer, createdAt, sentAt, ...row }) => ({
    ...row,
    answer: answer ?? undefined,
    createdAt: instant(createdAt),
    sentAt: sentAt === null ? undefined : instant(sentAt)
  }))
}

/** How many emails there are of each kind in each status. */
export async function countEmails (
  db: Reader, of: EmailsOf
): Promise<Array<{ kind: EmailKind, status: EmailStatus, emails: number }>> {
  return await db.$queryRaw`
    SELECT l.kind, l.status, count(*)::int AS emails
    FROM letters l JOIN bookings b ON b.id = l.booking_id
    WHERE ${whichOf(of)} GROUP BY l.kind, l.status`
}

function whichOf (of: EmailsOf): Prisma.Sql {
  if ('activityId' in of) return Prisma.sql`b.activity_id = ${of.activityId}::uuid`
  return 'bookingId' in of
    ? Prisma.sql`l.booking_id = ${of.bookingId}::uuid`
    : Prisma.sql`l.booking_id = ANY (${[...of.bookingIds]}::uuid[])`
}

/** Which emails there are to a booking, each with its status. */
export async function listWritten (
  db: Reader, bookingId: string
): Promise<Array<Pick<LoggedEmail, 'kind' | 'sequence' | 'status'>>> {
  return await db.$queryRaw`SELECT kind, sequence, status FROM letters WHERE booking_id = ${bookingId}::uuid`
}

/** The bulletins of an activity, by number. */
export async function listBulletinTexts (db: Reader, activityId: string): Promise<Map<number, BulletinText>> {
  return (await listBulletinTextsOf(db, [activityId])).get(activityId) ?? new Map()
}

/** The bulletins of some activities, by number, by activity. */
export async function listBulletinTextsOf (
  db: Reader, activityIds: readonly string[]
): Promise<Map<string, Map<number, BulletinText>>> {
  const rows = await db.bulletin.findMany({
    where: { activityId: { in: [...activityIds] } },
    select: { activityId: true, number: true, heading: true, body: true, audience: true, stoppedAt: true }
  })
  const byActivity = Map.groupBy(rows, ({ activityId }) => activityId)
  return new Map([...byActivity].map(([id, bulletins]) => [id, new Map(bulletins.map(
    ({ number, heading, body, audience, stoppedAt }) =>
      [number, { heading, body, audience, isStopped: stoppedAt !== null }]))]))
}

/** The booking that an email is to, and its activity. Throws `EmailNotFound`. */
export async function getAddressee (db: Reader, emailId: string): Promise<{ bookingId: string, activityId: string }> {
  const email = await db.email.findUnique({
    where: { id: emailId }, select: { bookingId: true, booking: { select: { activityId: true } } }
  })
  if (email === null) throw new EmailNotFound()
  return { bookingId: email.bookingId, activityId: email.booking.activityId }
}
