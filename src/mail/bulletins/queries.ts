import { namesOf } from '../../identity/staff/queries.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { calleeOf } from '../../booking/bookings/callee.ts'
import { countRecipients } from '../../booking/bookings/recipients.ts'
import { openedAnswer } from '../../booking/bookings/sealed-answers.ts'
import { instant } from '../../platform/clock.ts'
import { known, live, reached } from '../../programme/booking-rules.ts'
import { statusesOf } from '../emails/kinds.ts'
import type { Reader, Tx } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { Bulletin as Row } from '../../platform/database/generated/client.ts'
import { leftInWords, mayStillGetIt, nothingYet } from './bulletin.ts'
import type {
  Audience, AudienceCounts, Bulletin, BulletinDraft, ChosenRecipient, Progress, audiences
} from './bulletin.ts'
import { BulletinNotFound } from './errors.ts'

/** A bulletin by its number within the activity. */
export async function getBulletin (db: Reader, activityId: string, number: number): Promise<Bulletin> {
  const row = await db.bulletin.findUnique({ where: { activityId_number: { activityId, number } } })
  if (row === null) throw new BulletinNotFound()
  const [bulletin] = await withWriters(db, [row])
  return bulletin as Bulletin
}

export async function findBulletinById (db: Reader, id: string): Promise<Bulletin | undefined> {
  const row = await db.bulletin.findUnique({ where: { id } })
  const [bulletin] = await withWriters(db, row === null ? [] : [row])
  return bulletin
}

/** All bulletins of an activity, the newest first. */
export async function listBulletins (db: Reader, activityId: string): Promise<Bulletin[]> {
  return await withWriters(db, await db.bulletin.findMany({ where: { activityId }, orderBy: { number: 'desc' } }))
}

async function withWriters (db: Reader, rows: readonly Row[]): Promise<Bulletin[]> {
  const names = await namesOf(db, rows.map(({ madeById }) => madeById))
  return rows.map(({ madeById, audience, createdAt, sentAt, stoppedAt, ...row }) => ({
    ...row,
    audience: audience as Audience,
    madeBy: names.get(madeById),
    createdAt: instant(createdAt),
    sentAt: sentAt === null ? undefined : instant(sentAt),
    stoppedAt: stoppedAt === null ? undefined : instant(stoppedAt)
  }))
}

/** Takes a bulletin's row lock until the transaction ends, then reads it. */
export async function lockBulletin (tx: Tx, activityId: string, number: number): Promise<Bulletin> {
  await tx.$queryRaw`SELECT 1 FROM bulletins WHERE activity_id = ${activityId}::uuid AND number = ${number} FOR UPDATE`
  return await getBulletin(tx, activityId, number)
}

/**
 * SQL for the bookings of an activity whose people may be written to: those with a place, an offer or a turn. Not those
 * who were put on the list from another date's and do not know of it: a message would be the first they hear.
 */
function inAudience (activityId: string, { audience, bookingIds }: Recipients): Prisma.Sql {
  return Prisma.sql`activity_id = ${activityId}::uuid AND status = ANY (${[...statusesOf(audience)]}::text[])
    AND ${known.sql()} ${audience === 'chosen' ? Prisma.sql`AND id = ANY (${bookingIds ?? []}::uuid[])` : Prisma.empty}`
}

/** The people a bulletin is for. */
type Recipients = Pick<BulletinDraft, 'audience' | 'bookingIds'>

/** Ids of the bookings that a bulletin goes to if it is sent now. */
export async function listRecipientIds (db: Reader, activityId: string, to: Recipients): Promise<string[]> {
  const rows = await db.$queryRaw<Array<{ id: string }>>`
    SELECT id FROM bookings WHERE ${inAudience(activityId, to)} ORDER BY arrival`
  return rows.map(({ id }) => id)
}

/** How many people each audience has now, and how many of them have to be called. */
export async function countAudiences (
  db: Reader, activity: Pick<Activity, 'id' | 'slug'>
): Promise<Record<typeof audiences[number], AudienceCounts>> {
  const { confirmed, waiting, toCall, toCallWithPlace } = await countRecipients(db, activity)
  const names = new Set(toCallWithPlace.people.map(({ href }) => href))
  return {
    confirmed: { people: confirmed, toCall: toCallWithPlace },
    waiting: {
      people: waiting,
      toCall: {
        count: toCall.count - toCallWithPlace.count, people: toCall.people.filter(({ href }) => !names.has(href))
      }
    },
    everyone: { people: confirmed + waiting, toCall }
  }
}

/** How many people a bulletin reaches now, who of them has to be called, and who was chosen and has left since. */
export async function countRecipientsOf (
  db: Reader, activity: Pick<Activity, 'id' | 'slug'>, { audience, bookingIds = [] }: Recipients
): Promise<AudienceCounts> {
  if (audience !== 'chosen') return (await countAudiences(db, activity))[audience]
  const found = await db.$queryRaw<Array<ChosenRecipient & {
    id: string, name: string, phone: string | null, isReachable: boolean
  }>>`
    SELECT id, name, phone, activity_id = ${activity.id}::uuid AS "isHere", ${live.sql()} AS "isLive",
      ${known.sql()} AS knows, ${reached.sql()} AS "isReachable"
    FROM bookings WHERE id = ANY (${[...bookingIds]}::uuid[]) ORDER BY arrival`
  const recipients = found.filter(mayStillGetIt)
  const toCall = recipients.filter(({ isReachable }) => !isReachable)
  return {
    people: recipients.length - toCall.length,
    toCall: {
      count: toCall.length,
      people: toCall.map(({ id, name, phone }) =>
        calleeOf(activity.slug, { id, name, phone: openedAnswer(db, id, 'phone', phone) }))
    },
    left: leftInWords(bookingIds.length, found)
  }
}

/** Whether anyone who gets a bulletin has a place: a sample says what most of them read. */
export async function isForPlaces (
  db: Reader, { activityId, audience, bookingIds = [] }: Recipients & { activityId: string }
): Promise<boolean> {
  if (audience !== 'chosen') return audience !== 'waiting'
  const where = { id: { in: [...bookingIds] }, activityId, status: 'confirmed' }
  return await db.booking.findFirst({ where, select: { id: true } }) !== null
}

/**
 * How far the bulletins of an activity have come, by number: all, or one. Where staff had an email sent again, the last
 * copy counts.
 */
export async function progressOf (
  db: Reader, activityId: string, number?: number
): Promise<Map<number, Progress>> {
  const rows = await db.$queryRaw<Array<Progress & { number: number }>>`
    SELECT number,
      count(*) FILTER (WHERE status = 'sent')::int AS sent,
      count(*) FILTER (WHERE status = 'queued')::int AS waiting,
      count(*) FILTER (WHERE status = 'queued' AND answer IS NOT NULL)::int AS retried,
      count(*) FILTER (WHERE status IN ('failed', 'bounced'))::int AS "notTaken",
      count(*) FILTER (WHERE status = 'withdrawn')::int AS withdrawn
    FROM (
      SELECT DISTINCT ON (l.sequence, l.booking_id) l.sequence AS number, l.status, l.answer
      FROM bookings b JOIN letters l ON l.booking_id = b.id AND l.kind = 'bulletin'
        ${number === undefined ? Prisma.empty : Prisma.sql`AND l.sequence = ${number}`}
      WHERE b.activity_id = ${activityId}::uuid
      ORDER BY l.sequence, l.booking_id, l.copy DESC
    ) AS latest
    GROUP BY number`
  return new Map(rows.map(({ number, ...progress }) => [number, progress]))
}

/** How far one bulletin has come. */
export async function progressOfOne (db: Reader, activityId: string, number: number): Promise<Progress> {
  return (await progressOf(db, activityId, number)).get(number) ?? nothingYet
}

/** Email address of a member of staff; undefined for one who does not work here any more. */
export async function findStaffAddress (db: Reader, staffMemberId: string): Promise<string | undefined> {
  const member = await db.staffMember.findUnique({
    where: { id: staffMemberId, disabledAt: null }, select: { email: true }
  })
  return member?.email
}
