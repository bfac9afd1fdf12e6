import type { DateTime } from 'luxon'
import { activityOf, unreachableKnownTo } from '../../programme/activities/queries.ts'
import { bookingOf } from '../../booking/bookings/queries.ts'
import type { BookingWithActivity } from '../../booking/bookings/queries.ts'
import { instant } from '../../platform/clock.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Facts, LetterDue } from '../../platform/outbox.ts'
import { LetterNotFound } from './errors.ts'
import type { LetterStatus } from './in-words.ts'
import { kinds } from './kinds.ts'
import type { LetterFact, LetterKind } from './kinds.ts'
import { readTold, tellingKinds } from './told.ts'
import type { Earlier } from './told.ts'

/** A fact that whoever looks on can tell from the state of a booking alone. */
export interface LostFact extends LetterDue {
  fact: Exclude<LetterFact, 'letter.due'>
}

/** Time that a fact is given to come through by itself. */
const graceMinutes = 2
/** Older changes are history: a letter about them would surprise more than help. */
const reachHours = 25

/**
 * What the state of a booking calls for and was never begun, as far as the state can tell, and no job is
 * about to write: a booking's first letters, its latest change and its cancellation. Who has no address heard
 * on the telephone what became of their request, and is owed only what came later. A link that somebody
 * asked for is not among them; they ask again. A job that is there, however late, is left to its work: a long
 * queue must not grow by being looked at.
 */
export async function listLostFacts (db: Reader, now: DateTime<true>): Promise<LostFact[]> {
  return await db.$queryRaw`
    WITH owed AS (
      SELECT b.id AS booking_id, o.fact, o.due AS sequence
      FROM bookings b JOIN activities a ON a.id = b.activity_id CROSS JOIN LATERAL (VALUES
        ('booking.confirmed', b.status = 'confirmed' AND (b.email IS NOT NULL OR b.waited_at IS NOT NULL),
          ARRAY['place-confirmed', 'place-found'], 0, b.ical_sequence),
        ('waiting-list.joined', b.status = 'waiting' AND b.carried_from IS NULL AND b.email IS NOT NULL,
          ARRAY['waiting-list-joined'], 0, b.ical_sequence),
        ('booking.changed', b.status IN ('confirmed', 'waiting', 'offered') AND b.ical_sequence > 0,
          ARRAY['booking-changed'], b.ical_sequence, b.ical_sequence),
        ('place.offered', b.status = 'offered', ARRAY['place-offered'], b.offers, b.offers),
        ('place.called', b.status = 'waiting' AND b.called_at IS NOT NULL, ARRAY['place-called'], b.offers, b.offers),
        ('booking.lapsed', b.status = 'lapsed',
          ARRAY['offer-lapsed', 'offer-refused', 'waiting-list-closed'], 0, b.offers),
        ('booking.cancelled', b.status = 'cancelled' AND (b.carried_from IS NULL OR b.offers > 0),
          ARRAY['cancelled', 'cancelled-by-us', 'activity-cancelled'], 0, b.ical_sequence)
      ) AS o (fact, is_owed, kinds, sequence, due)
      WHERE b.changed_at > ${now.minus({ hours: reachHours }).toJSDate()}
        AND b.changed_at <= ${now.minus({ minutes: graceMinutes }).toJSDate()}
        AND o.is_owed
        AND (b.status = 'cancelled' OR (b.status = 'lapsed' AND b.lapse_reason = 'closed')
          OR (a.status <> 'cancelled' AND a.ends_at > ${now.toJSDate()}))
        AND NOT EXISTS (
          SELECT 1 FROM letters l
          WHERE l.booking_id = b.id AND l.kind = ANY (o.kinds) AND l.sequence >= o.sequence)
    )
    SELECT booking_id AS "bookingId", fact, sequence FROM owed
    WHERE NOT EXISTS (
      SELECT 1 FROM pgboss.job j
      WHERE j.name = owed.fact AND j.state < 'completed' AND j.data->>'bookingId' = owed.booking_id::text)`
}

/** Letters that were begun, or written down as owed, and that no job is about to send. */
export async function listLeftLetters (db: Reader, now: DateTime<true>): Promise<Array<Facts['letter.due']>> {
  const facts = Object.entries(kinds).map(([kind, { fact }]) => ({ kind, fact }))
  return await db.$queryRaw`
    SELECT l.booking_id AS "bookingId", l.kind, l.sequence, l.copy
    FROM letters l JOIN unnest(${facts.map(({ kind }) => kind)}::text[], ${facts.map(({ fact }) => fact)}::text[])
      AS f (kind, fact) ON f.kind = l.kind
    WHERE l.status = 'queued' AND (l.claimed_until IS NULL OR l.claimed_until <= ${now.toJSDate()})
      AND NOT EXISTS (
        SELECT 1 FROM pgboss.job j
        WHERE j.name IN (f.fact, 'letter.due') AND j.state < 'completed' AND j.data->>'bookingId' = l.booking_id::text)`
}

/** What the holder of a booking was told before a letter goes. */
export interface Before {
  earlier: Earlier
  /** Whether a letter since was tried and nobody knows whether it arrived: then nothing is known to be known. */
  isUnsure: boolean
}

/** What was told of a booking before one of its letters that are in hand: for a copy, before the first of its like. */
export async function readBefore (db: Reader, letterId: string): Promise<Before> {
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
    WHERE letter.id = ${letterId}::uuid`
  return {
    earlier: row?.hasTold === true ? readTold(row.told) : 'nothing',
    isUnsure: row?.isUnsure ?? true
  }
}

/** What an organiser wrote, and whether they stopped it on its way. */
export interface BulletinText {
  heading: string
  body: string
  isStopped: boolean
}

/**
 * A bulletin by its activity and number. One that there is not was for people of another date, from which a
 * booking has moved: it goes no more, as if it were stopped.
 */
export async function getBulletinText (db: Reader, activityId: string, number: number): Promise<BulletinText> {
  const bulletin = await db.bulletin.findUnique({ where: { activityId_number: { activityId, number } } })
  if (bulletin === null) return { heading: '', body: '', isStopped: true }
  const { heading, body, stoppedAt } = bulletin
  return { heading, body, isStopped: stoppedAt !== null }
}

/** A letter, and the latest copy of it, which may be itself. */
export interface LetterWithLatest {
  bookingId: string
  kind: LetterKind
  sequence: number
  copy: number
  status: LetterStatus
  latest: { copy: number, status: LetterStatus }
}

/** Takes a letter's row lock until the transaction ends, then reads it. */
export async function lockLetter (tx: Tx, id: string): Promise<LetterWithLatest> {
  await tx.$queryRaw`SELECT 1 FROM letters WHERE id = ${id}::uuid FOR UPDATE`
  const letter = await tx.letter.findUnique({ where: { id } })
  if (letter === null) throw new LetterNotFound()
  const { bookingId, kind, sequence, copy, status } = letter
  const latest = await tx.letter.findFirstOrThrow({
    where: { bookingId, kind, sequence }, select: { copy: true, status: true }, orderBy: { copy: 'desc' }
  })
  return {
    bookingId,
    kind: kind as LetterKind,
    sequence,
    copy,
    status: status as LetterStatus,
    latest: { copy: latest.copy, status: latest.status as LetterStatus }
  }
}

/** Letters of one activity, or of one booking alone. */
export type LettersOf = { activityId: string } | { bookingId: string }

/** Which letters are looked for; undefined: any. */
export interface LetterFilter {
  statuses: readonly LetterStatus[] | undefined
  kind: LetterKind | undefined
}

/** A letter in the log. */
export interface LoggedLetter {
  id: string
  bookingId: string
  kind: LetterKind
  sequence: number
  copy: number
  status: LetterStatus
  attempts: number
  /** What the mail server last said to it, or why it was not sent. */
  answer: string | undefined
  createdAt: DateTime<true>
  sentAt: DateTime<true> | undefined
  /** Whether no later copy of it was made. */
  isLatest: boolean
}

/** Letters, the newest first. */
export async function listLetters (
  db: Reader, of: LettersOf, { statuses, kind }: LetterFilter, { skip, take }: { skip: number, take: number }
): Promise<LoggedLetter[]> {
  const rows = await db.$queryRaw<Array<Omit<LoggedLetter, 'createdAt' | 'sentAt' | 'answer'> & {
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

/** How many letters there are of each kind in each status. */
export async function countLetters (
  db: Reader, of: LettersOf
): Promise<Array<{ kind: LetterKind, status: LetterStatus, letters: number }>> {
  return await db.$queryRaw`
    SELECT l.kind, l.status, count(*)::int AS letters
    FROM letters l JOIN bookings b ON b.id = l.booking_id
    WHERE ${whichOf(of)} GROUP BY l.kind, l.status`
}

function whichOf (of: LettersOf): Prisma.Sql {
  return 'activityId' in of
    ? Prisma.sql`b.activity_id = ${of.activityId}::uuid`
    : Prisma.sql`l.booking_id = ${of.bookingId}::uuid`
}

/** What organisers wrote to people of an activity, by its number. */
export async function listBulletinTexts (db: Reader, activityId: string): Promise<Map<number, BulletinText>> {
  const rows = await db.bulletin.findMany({
    where: { activityId }, select: { number: true, heading: true, body: true, stoppedAt: true }
  })
  return new Map(rows.map(({ number, heading, body, stoppedAt }) =>
    [number, { heading, body, isStopped: stoppedAt !== null }]))
}

/** The booking that a letter is to, and its activity. Throws `LetterNotFound`. */
export async function getAddressee (db: Reader, letterId: string): Promise<{ bookingId: string, activityId: string }> {
  const letter = await db.letter.findUnique({
    where: { id: letterId }, select: { bookingId: true, booking: { select: { activityId: true } } }
  })
  if (letter === null) throw new LetterNotFound()
  return { bookingId: letter.bookingId, activityId: letter.booking.activityId }
}

/** Somebody whom letters do not reach, and what a mail server said last. */
export interface Unreachable {
  booking: BookingWithActivity
  since: DateTime<true>
  answer: string | undefined
}

/**
 * People of activities to come whom letters do not reach, the soonest activity first, of whom the member of
 * staff may know. Who cancelled, or waits no more, needs no letter; whom we cancelled does.
 */
export async function listUnreachable (
  db: Reader, member: StaffMember, now: DateTime<true>, { skip, take }: { skip: number, take: number }
): Promise<Unreachable[]> {
  const rows = await db.booking.findMany({
    where: unreachableKnownTo(member, now),
    include: {
      activity: { include: { campaign: true } },
      letters: {
        where: { status: { in: ['failed', 'bounced'] } },
        select: { answer: true },
        orderBy: { createdAt: 'desc' },
        take: 1
      }
    },
    orderBy: [{ activity: { startsAt: 'asc' } }, { unreachableAt: 'desc' }, { id: 'asc' }],
    skip,
    take
  })
  return rows.map(({ activity, letters: [letter], ...row }) => ({
    booking: { ...bookingOf(row), activity: activityOf(activity) },
    since: instant(row.unreachableAt ?? row.changedAt),
    answer: letter?.answer ?? undefined
  }))
}
