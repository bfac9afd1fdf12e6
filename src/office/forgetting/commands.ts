import type { DateTime } from 'luxon'
import type { Headcount } from '../../programme/activities/headcount.ts'
import { lockActivities } from '../../programme/activities/queries.ts'
import { BookingMoved } from '../../booking/bookings/errors.ts'
import { bookingOf } from '../../booking/bookings/queries.ts'
import type { Db, Reader, Tx } from '../../platform/database/connect.ts'
import { headcountsOf } from './counting.ts'
import { eraseRequestsAgain } from '../requests/commands.ts'
import type { ForgottenList } from './forgotten-list.ts'
import { listBackAgain, listDue, listDueOn, listHeld, listUnheardOf } from './queries.ts'

/** What became of bookings that were to be forgotten. */
export interface Forgotten {
  /** Those that are no more, with the copies for other dates of which their holders never heard. */
  bookingIds: string[]
  /** Of their letters; where letters are kept as files, the files' names. */
  letterIds: string[]
  /** Those that a legal hold keeps. */
  heldIds: string[]
}

/** Told of what was forgotten each time that some of it has committed. */
export type Follow = (forgotten: Forgotten) => Promise<void>

/** So many bookings are one transaction: whoever waits for their activity does not wait long. */
const mostAtOnce = 500

/** So many numbers are one statement. */
const numbersAtOnce = 5000

/**
 * Forgets bookings: all that is kept of their people goes, with what waits in the queue for them, but for numbers
 * that name nobody. Copies that another date's list has of them go along, unless their holders have heard of it. What a
 * legal hold keeps stays. Forgotten already, a booking is passed over: it is counted once.
 *
 * Locks the activities of them all before anything else, and then keeps holds from being set until the transaction
 * ends. A live booking of something to come is cancelled first, by its own command: this tells nobody. Throws
 * `BookingMoved` where one of them was moved meanwhile. Traces outside the database are for the caller to follow, once
 * it has committed (traces.ts).
 */
export async function forgetBookings (tx: Tx, ids: readonly string[], now: DateTime<true>): Promise<Forgotten> {
  return await forgetThose(tx, async () => ids, now)
}

/** The same for those whom `find` finds, asked once more under the locks: what is not found any more stays. */
async function forgetThose (
  tx: Tx, find: (db: Reader) => Promise<readonly string[]>, now: DateTime<true>
): Promise<Forgotten> {
  const locked = await activitiesOf(tx, await find(tx))
  await lockActivities(tx, locked)
  const ids = await find(tx)
  if ((await activitiesOf(tx, ids)).some(id => !locked.includes(id))) throw new BookingMoved()

  // Whoever sets a hold waits until this has committed, or was before it and is seen.
  await tx.$executeRaw`LOCK TABLE legal_holds IN SHARE MODE`
  const held = new Set(await listHeld(tx, ids))
  const free = ids.filter(id => !held.has(id))
  const copies = await listUnheardOf(tx, free)
  const heldCopies = new Set(await listHeld(tx, copies))
  const unheardOf = new Set(copies.filter(id => !heldCopies.has(id)))
  const letterIds = await lockLetters(tx, [...free, ...unheardOf])
  const rows = await tx.booking.findMany({ where: { id: { in: [...free, ...unheardOf] } } })
  const bookingIds = rows.map(({ id }) => id)

  const counted = rows.filter(({ id }) => !unheardOf.has(id))
  for (const [activityId, some] of Map.groupBy(counted, ({ activityId }) => activityId)) {
    const { endsAt } = await tx.activity.findUniqueOrThrow({ where: { id: activityId }, select: { endsAt: true } })
    await addHeadcounts(tx, activityId, headcountsOf(some.map(bookingOf), endsAt <= now.toJSDate()))
  }
  await noteForgotten(tx, bookingIds, now)
  await tx.$executeRaw`DELETE FROM pgboss.job WHERE data->>'bookingId' = ANY (${bookingIds}::text[])`
  await tx.$executeRaw`DELETE FROM bookings WHERE id = ANY (${bookingIds}::uuid[])`
  return { bookingIds, letterIds, heldIds: [...held] }
}

/** The activities of some bookings, and of the copies that go along. */
async function activitiesOf (db: Reader, ids: readonly string[]): Promise<string[]> {
  const rows = await db.booking.findMany({
    where: { id: { in: [...ids, ...await listUnheardOf(db, ids)] } }, select: { activityId: true }, distinct: 'activityId'
  })
  return rows.map(({ activityId }) => activityId)
}

/** In the order in which workers lock them, who note what became of letters: neither waits for the other in turn. */
async function lockLetters (tx: Tx, bookingIds: readonly string[]): Promise<string[]> {
  const letters = await tx.$queryRaw<Array<{ id: string }>>`
    SELECT id FROM letters WHERE booking_id = ANY (${bookingIds}::uuid[])
    ORDER BY booking_id, kind, sequence, copy FOR UPDATE`
  return letters.map(({ id }) => id)
}

/** Adds to what is counted of an activity whose row is locked. */
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
 * Forgets every booking whose day has come, a few at a time, those of one activity together, and says how many of how
 * many activities. Safe to repeat and side by side: what another has forgotten meanwhile is not found, and where it
 * is interrupted the next goes on. An activity of which something fails does not keep the others; it throws once it
 * is through.
 */
export async function forgetDue (
  db: Db, follow: Follow, now: DateTime<true>
): Promise<{ bookings: number, activities: number }> {
  const done = { bookings: 0, activities: 0 }
  const failures: unknown[] = []
  for (const activityId of await listDue(db, now)) {
    const find = async (reader: Reader) => await listDueOn(reader, activityId, now, mostAtOnce)
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
 * Forgets again what was forgotten before and that a restored backup has brought back: by the database's own table, or
 * by a list beside it. Gives how many. Makes the two alike, so that either may be lost.
 */
export async function forgetAgain (
  db: Db, { list, follow }: { list: ForgottenList, follow: Follow }, now: DateTime<true>
): Promise<number> {
  const listed = await list.read()
  for (let from = 0; from < listed.length; from += numbersAtOnce) {
    await noteForgotten(db, listed.slice(from, from + numbersAtOnce), now)
  }
  const again = await forgetAll(db, async reader => await listBackAgain(reader, mostAtOnce), follow, now)
  const known = new Set(listed)
  const noted = await db.forgottenBooking.findMany({ select: { bookingId: true } })
  await list.add(noted.map(({ bookingId }) => bookingId).filter(id => !known.has(id)))
  await eraseRequestsAgain(db)
  return again
}

/** Forgets those whom `find` finds, until it finds nobody. */
async function forgetAll (
  db: Db, find: (db: Reader) => Promise<string[]>, follow: Follow, now: DateTime<true>
): Promise<number> {
  let bookings = 0
  while (true) {
    const forgotten = await db.$transaction(async tx => await forgetThose(tx, find, now)).catch(error => {
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
