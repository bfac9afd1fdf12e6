import { instant } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import { LegalHoldNotFound } from './errors.ts'
import type { Held, LegalHold } from './legal-hold.ts'

interface Row {
  id: string
  activityId: string | null
  slug: string | null
  title: string | null
  canonicalEmail: string | null
  reason: string
  owner: string
  reviewOn: string
  setAt: Date
  liftedAt: Date | null
  bookings: number
}

/** Holds with what each keeps now. */
async function read (db: Reader, where: Prisma.Sql, order: Prisma.Sql): Promise<LegalHold[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT hold.id, hold.activity_id AS "activityId", a.slug, a.title, hold.canonical_email AS "canonicalEmail", hold.reason,
      hold.owner, hold.review_on::text AS "reviewOn", hold.set_at AS "setAt", hold.lifted_at AS "liftedAt",
      CASE WHEN hold.lifted_at IS NULL THEN (
        SELECT count(*)::int FROM bookings b
        WHERE b.activity_id = hold.activity_id OR b.canonical_email = hold.canonical_email) ELSE 0 END AS bookings
    FROM legal_holds hold LEFT JOIN activities a ON a.id = hold.activity_id
    WHERE ${where} ORDER BY ${order}, hold.id`
  return rows.map(row => ({
    id: row.id,
    of: heldOf(row),
    reason: row.reason,
    owner: row.owner,
    reviewOn: row.reviewOn,
    setAt: instant(row.setAt),
    liftedAt: row.liftedAt === null ? undefined : instant(row.liftedAt),
    bookings: row.bookings
  }))
}

function heldOf ({ activityId, slug, title, canonicalEmail }: Row): Held | undefined {
  if (activityId !== null) return { activity: { id: activityId, slug: slug ?? '', title: title ?? '' } }
  return canonicalEmail === null ? undefined : { canonicalEmail }
}

/** Active holds, by the day of their review. */
export async function listActiveHolds (db: Reader): Promise<LegalHold[]> {
  return await read(db, Prisma.sql`hold.lifted_at IS NULL`, Prisma.sql`hold.review_on`)
}

/** Holds that were lifted, the latest first. */
export async function listLiftedHolds (db: Reader, take: number): Promise<LegalHold[]> {
  const rows = await read(db, Prisma.sql`hold.lifted_at IS NOT NULL`, Prisma.sql`hold.lifted_at DESC`)
  return rows.slice(0, take)
}

/** Active holds that are due a review on the day `today`, such as `2026-12-01`. */
export async function listLegalHoldsToReview (db: Reader, today: string): Promise<LegalHold[]> {
  return await read(db, Prisma.sql`hold.lifted_at IS NULL AND hold.review_on <= ${today}::date`, Prisma.sql`hold.review_on`)
}

/** A hold by its id. Throws `LegalHoldNotFound`. */
export async function getLegalHold (db: Reader, id: string): Promise<LegalHold> {
  const [hold] = await read(db, Prisma.sql`hold.id = ${id}::uuid`, Prisma.sql`hold.set_at`)
  if (hold === undefined) throw new LegalHoldNotFound()
  return hold
}

/** Active holds on a person, or on an activity that they have booked. */
export async function listLegalHoldsOver (db: Reader, canonicalEmail: string): Promise<LegalHold[]> {
  return await read(db, Prisma.sql`hold.lifted_at IS NULL AND (hold.canonical_email = ${canonicalEmail} OR EXISTS (
    SELECT FROM bookings b WHERE b.activity_id = hold.activity_id AND b.canonical_email = ${canonicalEmail}))`, Prisma.sql`hold.set_at`)
}

/** Active holds on any of these activities. */
export async function listLegalHoldsOverActivities (db: Reader, activityIds: readonly string[]): Promise<LegalHold[]> {
  return await read(
    db, Prisma.sql`hold.lifted_at IS NULL AND hold.activity_id = ANY (${activityIds}::uuid[])`, Prisma.sql`hold.set_at`)
}

/** Number of bookings that a hold on an activity or person would keep. */
export async function countBookingsOf (db: Reader, of: Held): Promise<number> {
  return await db.booking.count({
    where: 'activity' in of ? { activityId: of.activity.id } : { canonicalEmail: of.canonicalEmail }
  })
}

/** Number of the bookings that a hold keeps whose day of deletion is `today` or has passed. */
export async function countDue (db: Reader, { of }: LegalHold, today: string): Promise<number> {
  if (of === undefined) return 0
  return await db.booking.count({
    where: {
      ...'activity' in of ? { activityId: of.activity.id } : { canonicalEmail: of.canonicalEmail },
      eraseOn: { lte: new Date(today) }
    }
  })
}
