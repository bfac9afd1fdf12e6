import type { DateTime } from 'luxon'
import type { Db, Reader, Tx } from '../../platform/database/connect.ts'
import type { Outbox } from '../../platform/outbox.ts'
import type { Candidate } from './admission.ts'

/** A request for places with the address of a live booking; nothing was booked. */
export interface RepeatedRequest { id: string, name: string, places: number }

/** Minimum time between two emails that answer repeated requests for one booking, in seconds. */
const secondsBetweenAnswers = 60

/** Who asked with the address of a booking, and which booking. */
export interface AskedAgain extends Pick<Candidate, 'submissionId' | 'name' | 'places'> { bookingId: string }

/**
 * Tells addresses that have a booking who has asked with them: at once, and then together at the end of the minute for
 * everything asked within it, so that no one can fill a stranger's inbox.
 */
export async function answerAgain (
  tx: Tx, outbox: Outbox, again: readonly AskedAgain[], now: DateTime<true>
): Promise<void> {
  if (again.length === 0) return
  const minute = answerSequence(now)
  const bookingIds = [...new Set(again.map(({ bookingId }) => bookingId))]
  const asked = await tx.repeatedRequest.findMany({
    where: { bookingId: { in: bookingIds }, askedAt: { gte: new Date(minute * secondsBetweenAnswers * 1000) } },
    select: { bookingId: true }
  })
  await tx.repeatedRequest.createMany({
    data: again.map(({ bookingId, submissionId, name, places }) =>
      ({ bookingId, submissionId, name, places, askedAt: now.toJSDate() })),
    skipDuplicates: true
  })
  const before = new Set(asked.map(({ bookingId }) => bookingId))
  const [first, later] = [bookingIds.filter(id => !before.has(id)), bookingIds.filter(id => before.has(id))]
  // Each minute has two numbers: one for what is answered at once, one for what is answered at its end.
  await outbox.announce(tx, 'booking.requested-again', first.map(bookingId => ({ bookingId, sequence: 2 * minute })))
  await outbox.announce(tx, 'booking.requested-again', later.map(bookingId => ({ bookingId, sequence: 2 * minute + 1 })), {
    afterSeconds: secondsBetweenAnswers
  })
}

/** Maximum number of names that an email lists. */
const maxNamed = 5

/**
 * Returns those who asked for places with the address of a booking and were not named to it yet, oldest first;
 * undefined if there were some and all have been named.
 */
export async function listRepeatedRequests (db: Reader, bookingId: string): Promise<RepeatedRequest[] | undefined> {
  const select = { id: true, name: true, places: true }
  const unnamed = await db.repeatedRequest.findMany({
    where: { bookingId, toldAt: null }, select, orderBy: [{ askedAt: 'asc' }, { id: 'asc' }], take: maxNamed
  })
  if (unnamed.length > 0) return unnamed
  const named = await db.repeatedRequest.findFirst({ where: { bookingId, toldAt: { not: null } }, select })
  return named === null ? [] : undefined
}

/** Records that an email to the holder of a booking has named those who asked with its address. */
export async function noteNamed (db: Db, named: readonly RepeatedRequest[], now: DateTime<true>): Promise<void> {
  if (named.length === 0) return
  await db.repeatedRequest.updateMany({
    where: { id: { in: named.map(({ id }) => id) } }, data: { toldAt: now.toJSDate() }
  })
}

/** The same for all requests of one minute, so that no one can fill a stranger's inbox. */
export function answerSequence (now: DateTime<true>): number {
  return Math.floor(now.toSeconds() / secondsBetweenAnswers)
}
