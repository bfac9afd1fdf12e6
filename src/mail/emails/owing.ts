import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import type { Booking } from '../../booking/bookings/booking.ts'
import { known } from '../../programme/booking-rules.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Facts, Outbox } from '../../platform/outbox.ts'
import { letterKey, letterRows } from './letter-key.ts'
import type { LetterKey } from './letter-key.ts'
import { kindOf } from './kinds.ts'
import type { LetterFact, LetterKind } from './kinds.ts'

/**
 * The letter that a fact owes to a booking; undefined where it owes none. Who has no address has heard on the telephone
 * what became of their request, as long as nothing has happened since. Whoever was put on another date's list and never
 * heard of it does not hear that it is cancelled.
 */
export function letterOwed<F extends LetterFact> (fact: F, due: Facts[F], booking: Booking): LetterKey | undefined {
  if (!isOwed(fact, booking)) return undefined
  return letterKey(kindOf(fact, booking, 'kind' in due ? due.kind : undefined), due)
}

function isOwed (fact: LetterFact, booking: Booking): boolean {
  const { email, createdAt, changedAt, cancelledBy } = booking
  switch (fact) {
    case 'booking.confirmed':
    case 'waiting-list.joined': return email !== undefined || changedAt > createdAt
    case 'booking.cancelled': return cancelledBy !== 'activity' || known.holds(booking)
    default: return true
  }
}

/**
 * Writes down letters that are owed and announces them, each once, however often it is owed; gives how many
 * of them are new. `host` is the service's own: Message-IDs carry it.
 */
export async function oweLetters (
  tx: Tx, outbox: Outbox, keys: readonly LetterKey[], host: string, now: DateTime<true>
): Promise<number> {
  const letters = keys.map(key => ({ ...key, id: randomUUID() }))
  const owed = await tx.$queryRaw<LetterKey[]>`
    INSERT INTO letters (id, booking_id, kind, sequence, copy, message_id, created_at)
    SELECT id, booking_id, kind, sequence, copy, id || ${`@${host}`}, ${now.toJSDate()}
    FROM ${letterRows(letters)}
    ORDER BY booking_id, kind, sequence, copy
    ON CONFLICT (booking_id, kind, sequence, copy) DO NOTHING
    RETURNING booking_id AS "bookingId", kind, sequence, copy`
  // A message to thousands must not keep somebody's reminder of the next hour waiting.
  const [many, few] = [owed.filter(({ kind }) => kind === 'bulletin'), owed.filter(({ kind }) => kind !== 'bulletin')]
  await outbox.announce(tx, 'letter.due', few)
  await outbox.announce(tx, 'letter.due', many, { patient: true })
  return owed.length
}

/** Gives up a letter that no longer says what is true. One that was never tried leaves no trace. */
export async function withdrawLetter (db: Db, key: LetterKey, reason: string): Promise<void> {
  await db.letter.updateMany({
    where: { ...key, status: 'queued' }, data: { status: 'withdrawn', claimedUntil: null, answer: reason }
  })
}

/** Gives up letters that wait for a mail server; those that a worker has in hand at `now` go out. */
export async function withdrawWaiting (
  tx: Tx, which: Prisma.LetterWhereInput, reason: string, now: DateTime<true>
): Promise<void> {
  await tx.letter.updateMany({
    where: { ...which, status: 'queued', OR: [{ claimedUntil: null }, { claimedUntil: { lte: now.toJSDate() } }] },
    data: { status: 'withdrawn', claimedUntil: null, answer: reason }
  })
}

/**
 * Puts letters of some kinds behind a booking, so that others by the same numbers can go out from now on:
 * withdraws what still waits, with `reason`, and numbers the rest below nought. What a booking gets once has the
 * number 0; bulletins have those of their activity.
 */
export async function setLettersAside (
  tx: Tx, bookingId: string, kinds: readonly LetterKind[], reason: string, now: DateTime<true>
): Promise<void> {
  await withdrawWaiting(tx, { bookingId, kind: { in: [...kinds] } }, reason, now)
  await tx.$executeRaw`
    UPDATE letters SET sequence = lowest.sequence - 1 - letters.sequence
    FROM (
      SELECT kind, least(0, min(sequence)) AS sequence FROM letters
      WHERE booking_id = ${bookingId}::uuid AND kind = ANY (${kinds}::text[]) GROUP BY kind
    ) AS lowest
    WHERE booking_id = ${bookingId}::uuid AND letters.kind = lowest.kind AND letters.sequence >= 0`
}
