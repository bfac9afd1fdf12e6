import type { DateTime } from 'luxon'
import { lockActivities } from '../activities/queries.ts'
import { BookingMoved } from '../bookings/errors.ts'
import { bookingOf } from '../bookings/queries.ts'
import type { Tx } from '../database/connect.ts'
import { headcountsOf } from './headcount.ts'
import type { Headcount } from './headcount.ts'
import { listHeld, listUnheardOf } from './queries.ts'

/** What became of bookings that were to be forgotten. */
export interface Forgotten {
  /** Those that are no more, with the copies for other dates of which their holders never heard. */
  bookingIds: string[]
  /** Of their letters; where letters are kept as files, the files' names. */
  letterIds: string[]
  /** Those that a legal hold keeps. */
  heldIds: string[]
}

/**
 * Forgets bookings: all that is kept of their people goes, with what waits in the queue for them, but for numbers
 * that name nobody. Copies that another date's list has of them go along, unless their holders have heard of it. What a
 * legal hold keeps stays. Forgotten already, a booking is passed over: it is counted once.
 *
 * Locks the activities of them all before anything else, and then keeps holds from being set until the transaction
 * ends. A live booking of something to come is cancelled first, by its own command: this tells nobody. Throws
 * `BookingMoved` where one of them was moved meanwhile. Files of letters are for the caller to delete, once it has
 * committed: `letterIds`.
 */
export async function forgetBookings (tx: Tx, ids: readonly string[], now: DateTime<true>): Promise<Forgotten> {
  const places = async () => await tx.booking.findMany({
    where: { id: { in: [...ids, ...await listUnheardOf(tx, ids)] } }, select: { id: true, activityId: true }
  })
  const activityIds = new Set((await places()).map(({ activityId }) => activityId))
  await lockActivities(tx, [...activityIds])
  if ((await places()).some(({ activityId }) => !activityIds.has(activityId))) throw new BookingMoved()

  // Whoever sets a hold waits until this has committed, or was before it and is seen.
  await tx.$executeRaw`LOCK TABLE legal_holds IN SHARE MODE`
  const held = new Set(await listHeld(tx, ids))
  const free = ids.filter(id => !held.has(id))
  const copies = await listUnheardOf(tx, free)
  const heldCopies = new Set(await listHeld(tx, copies))
  const unheardOf = new Set(copies.filter(id => !heldCopies.has(id)))
  const letters = await lockLetters(tx, [...free, ...unheardOf])
  const rows = await tx.booking.findMany({ where: { id: { in: [...free, ...unheardOf] } } })
  const bookingIds = rows.map(({ id }) => id)

  for (const [activityId, some] of Map.groupBy(rows, ({ activityId }) => activityId)) {
    await addHeadcounts(tx, activityId, headcountsOf(some.filter(({ id }) => !unheardOf.has(id)).map(bookingOf)))
  }
  await tx.forgottenBooking.createMany({
    data: bookingIds.map(bookingId => ({ bookingId, forgottenAt: now.toJSDate() })), skipDuplicates: true
  })
  await tx.$executeRaw`DELETE FROM pgboss.job WHERE data->>'bookingId' = ANY (${bookingIds}::text[])`
  await tx.$executeRaw`DELETE FROM bookings WHERE id = ANY (${bookingIds}::uuid[])`
  return { bookingIds, letterIds: letters, heldIds: ids.filter(id => held.has(id)) }
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
