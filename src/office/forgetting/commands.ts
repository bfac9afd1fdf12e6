import type { DateTime } from 'luxon'
import type { Headcount } from '../../programme/activities/headcount.ts'
import { lockActivities } from '../../programme/activities/queries.ts'
import { BookingMoved } from '../../booking/bookings/errors.ts'
import { eraseEvaluationsAgain } from '../../booking/evaluations/commands.ts'
import { bookingOf } from '../../booking/bookings/queries.ts'
import { instant } from '../../platform/clock.ts'
import type { Db, Reader, Tx } from '../../platform/database/connect.ts'
import { headcountsOf } from './headcounts.ts'
import { eraseCoHostInvitationsAgain } from '../co-hosts/commands.ts'
import { eraseRequestsAgain } from '../requests/commands.ts'
import { eraseEntriesAgain } from '../entries/keeping.ts'
import { eraseResourceRequestsAgain } from '../resource-requests/commands.ts'
import type { ForgottenList } from './forgotten-list.ts'
import { listRestored, listDue, listDueOn, listHeld, listUnannouncedCopies } from './queries.ts'

/** The result of forgetting bookings. */
export interface Forgotten {
  /** Bookings that were forgotten, with the copies for other dates that their holders do not know about. */
  bookingIds: string[]
  /** Ids of their emails; where emails are kept as files, the files' names. */
  emailIds: string[]
  /** Bookings that a legal hold keeps. */
  heldIds: string[]
}

/** Called with what was forgotten each time that a part of it has committed. */
export type OnForgotten = (forgotten: Forgotten) => Promise<void>

/** Maximum number of bookings in one transaction, so that no one waits long for their activity. */
const batchSize = 500

/** Maximum number of ids in one statement. */
const numbersAtOnce = 5000

/**
 * Forgets bookings: everything about their people is deleted, with their jobs in the queue, except numbers that name no
 * one. Copies on another date's list go too, unless their holders know of them. Bookings under a legal hold stay. A
 * booking that was forgotten already is passed over: it is counted once.
 *
 * Locks the activities of all of them before anything else, and then prevents holds from being set until the
 * transaction ends. A live booking of a coming activity is first cancelled by its own command: forgetting tells no one.
 * Throws `BookingMoved` where one of them was moved meanwhile. Once it has committed, the caller must delete the traces
 * outside the database (traces.ts).
 */
export async function forgetBookings (tx: Tx, ids: readonly string[], now: DateTime<true>): Promise<Forgotten> {
  return await forgetMatching(tx, async () => ids, now)
}

/**
 * Does the same for bookings that `find` returns, which is called again under the locks: what is not found then stays.
 */
async function forgetMatching (
  tx: Tx, find: (db: Reader) => Promise<readonly string[]>, now: DateTime<true>
): Promise<Forgotten> {
  const locked = await activitiesOf(tx, await find(tx))
  await lockActivities(tx, locked)
  const ids = await find(tx)
  if ((await activitiesOf(tx, ids)).some(id => !locked.includes(id))) throw new BookingMoved()

  // A hold that is being set either waits until this has committed, or is committed already and seen.
  await tx.$executeRaw`LOCK TABLE legal_holds IN SHARE MODE`
  const held = new Set(await listHeld(tx, ids))
  const free = ids.filter(id => !held.has(id))
  const copies = await listUnannouncedCopies(tx, free)
  const heldCopies = new Set(await listHeld(tx, copies))
  const unheardOf = new Set(copies.filter(id => !heldCopies.has(id)))
  const emailIds = await lockEmails(tx, [...free, ...unheardOf])
  const rows = await tx.booking.findMany({ where: { id: { in: [...free, ...unheardOf] } } })
  const bookingIds = rows.map(({ id }) => id)

  const counted = rows.filter(({ id }) => !unheardOf.has(id))
  for (const [activityId, some] of Map.groupBy(counted, ({ activityId }) => activityId)) {
    const { startsAt, endsAt, zone } = await tx.activity.findUniqueOrThrow({
      where: { id: activityId }, select: { startsAt: true, endsAt: true, zone: true }
    })
    const its = { startsAt: instant(startsAt), zone }
    await addHeadcounts(tx, activityId, headcountsOf(some.map(bookingOf), its, endsAt <= now.toJSDate()))
  }
  await noteForgotten(tx, bookingIds, now)
  await tx.$executeRaw`DELETE FROM pgboss.job WHERE data->>'bookingId' = ANY (${bookingIds}::text[])`
  await tx.$executeRaw`DELETE FROM bookings WHERE id = ANY (${bookingIds}::uuid[])`
  return { bookingIds, emailIds, heldIds: [...held] }
}

/** The activities of some bookings, and of the copies that go with them. */
async function activitiesOf (db: Reader, ids: readonly string[]): Promise<string[]> {
  const rows = await db.booking.findMany({
    where: { id: { in: [...ids, ...await listUnannouncedCopies(db, ids)] } }, select: { activityId: true }, distinct: 'activityId'
  })
  return rows.map(({ activityId }) => activityId)
}

/** Locks emails in the same order as the workers that record their results, so that no two wait for each other. */
async function lockEmails (tx: Tx, bookingIds: readonly string[]): Promise<string[]> {
  const emails = await tx.$queryRaw<Array<{ id: string }>>`
    SELECT id FROM letters WHERE booking_id = ANY (${bookingIds}::uuid[])
    ORDER BY booking_id, kind, sequence, copy FOR UPDATE`
  return emails.map(({ id }) => id)
}

/** Adds to the headcounts of an activity whose row is locked. */
async function addHeadcounts (tx: Tx, activityId: string, headcounts: readonly Headcount[]): Promise<void> {
  for (const { dimension, value, ...numbers } of headcounts) {
    await tx.headcount.upsert({
      where: { activityId_dimension_value: { activityId, dimension, value } },
      create: { activityId, dimension, value, ...numbers },
      update: Object.fromEntries(Object.entries(numbers).map(([name, number]) => [name, { increment: number }]))
    })
  }
}

async function noteForgotten (db: Reader, bookingIds: readonly string[], now: DateTime<true>): Promise<void> {
  await db.$executeRaw`
    INSERT INTO forgotten_bookings (booking_id, forgotten_at)
    SELECT id, ${now.toJSDate()} FROM unnest(${bookingIds}::uuid[]) AS forgotten (id)
    ON CONFLICT DO NOTHING`
}

/**
 * Forgets every booking that is due, a few at a time and grouped by activity, and returns how many of how many
 * activities. Safe to repeat and to run concurrently: what another run has forgotten is not found, and after an
 * interruption the next run goes on. An activity that fails does not stop the others; the error is thrown at the end.
 */
export async function forgetDue (
  db: Db, follow: OnForgotten, now: DateTime<true>
): Promise<{ bookings: number, activities: number }> {
  const done = { bookings: 0, activities: 0 }
  const failures: unknown[] = []
  for (const activityId of await listDue(db, now)) {
    const find = async (reader: Reader) => await listDueOn(reader, activityId, now, batchSize)
    try {
      const bookings = await forgetAll(db, find, follow, now)
      if (bookings > 0) done.activities++
      done.bookings += bookings
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) {
    throw new AggregateError(failures, `The bookings of ${failures.length} activities could not be forgotten; the others are.`)
  }
  return done
}

/**
 * Forgets again what was forgotten before and came back with a restored backup: by the database's own table, or by a
 * list outside it. Returns how many. Makes the two equal, so that either may be lost.
 */
export async function forgetAgain (
  db: Db, { list, follow }: { list: ForgottenList, follow: OnForgotten }, now: DateTime<true>
): Promise<number> {
  const listed = await list.read()
  for (let from = 0; from < listed.length; from += numbersAtOnce) {
    await noteForgotten(db, listed.slice(from, from + numbersAtOnce), now)
  }
  const again = await forgetAll(db, async reader => await listRestored(reader, batchSize), follow, now)
  const known = new Set(listed)
  const noted = await db.forgottenBooking.findMany({ select: { bookingId: true } })
  await list.add(noted.map(({ bookingId }) => bookingId).filter(id => !known.has(id)))
  await eraseRequestsAgain(db)
  await eraseResourceRequestsAgain(db)
  await eraseCoHostInvitationsAgain(db)
  await eraseEntriesAgain(db)
  await eraseEvaluationsAgain(db)
  return again
}

/** Forgets what `find` returns, until it returns nothing. */
async function forgetAll (
  db: Db, find: (db: Reader) => Promise<string[]>, follow: OnForgotten, now: DateTime<true>
): Promise<number> {
  let bookings = 0
  while (true) {
    const forgotten = await db.$transaction(async tx => await forgetMatching(tx, find, now)).catch(error => {
      // Someone else was quicker, and what is found now is of other activities than were locked.
      if (error instanceof BookingMoved) return undefined
      throw error
    })
    if (forgotten === undefined) continue
    if (forgotten.bookingIds.length === 0) return bookings
    bookings += forgotten.bookingIds.length
    await follow(forgotten)
  }
}
