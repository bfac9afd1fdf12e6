import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import type { Booking } from '../../booking/bookings/booking.ts'
import { known } from '../../programme/booking-rules.ts'
import type { Db, Tx } from '../../platform/database/connect.ts'
import type { Prisma } from '../../platform/database/generated/client.ts'
import type { Facts, Outbox } from '../../platform/outbox.ts'
import { emailKey, emailRows } from './email-key.ts'
import type { EmailKey } from './email-key.ts'
import { kindOf } from './kinds.ts'
import type { EmailFact, EmailKind } from './kinds.ts'

/**
 * Returns the email that a fact owes to a booking; undefined where it owes none. Someone without an address has heard
 * the outcome of their request on the phone, and is owed no email until something changes. Someone who was put on
 * another date's list and never heard of it is not told that it is cancelled.
 */
export function emailOwed<F extends EmailFact> (fact: F, due: Facts[F], booking: Booking): EmailKey | undefined {
  if (!isOwed(fact, booking)) return undefined
  return emailKey(kindOf(fact, booking, 'kind' in due ? due.kind : undefined), due)
}

function isOwed (fact: EmailFact, booking: Booking): boolean {
  const { email, createdAt, changedAt } = booking
  switch (fact) {
    case 'booking.confirmed':
    case 'waiting-list.joined': return email !== undefined || changedAt > createdAt
    case 'booking.cancelled': return known.holds(booking)
    default: return true
  }
}

/**
 * Records emails that are owed and announces them, each once, however often it is owed; returns the number of new ones.
 * `host` is the service's own: Message-IDs carry it.
 */
export async function recordOwedEmails (
  tx: Tx, outbox: Outbox, keys: readonly EmailKey[], host: string, now: DateTime<true>
): Promise<number> {
  const emails = keys.map(key => ({ ...key, id: randomUUID() }))
  const owed = await tx.$queryRaw<EmailKey[]>`
    INSERT INTO letters (id, booking_id, kind, sequence, copy, message_id, created_at)
    SELECT id, booking_id, kind, sequence, copy, id || ${`@${host}`}, ${now.toJSDate()}
    FROM ${emailRows(emails)}
    ORDER BY booking_id, kind, sequence, copy
    ON CONFLICT (booking_id, kind, sequence, copy) DO NOTHING
    RETURNING booking_id AS "bookingId", kind, sequence, copy`
  // A message to thousands must not delay someone's reminder of the next hour.
  const [many, few] = [owed.filter(({ kind }) => kind === 'bulletin'), owed.filter(({ kind }) => kind !== 'bulletin')]
  await outbox.announce(tx, 'letter.due', few)
  await outbox.announce(tx, 'letter.due', many, { lowPriority: true })
  return owed.length
}

/** Gives up an email that is not true any more. If it was never tried, it leaves no trace. */
export async function withdrawEmail (db: Db, key: EmailKey, reason: string): Promise<void> {
  await db.email.updateMany({
    where: { ...key, status: 'queued' }, data: { status: 'withdrawn', claimedUntil: null, answer: reason }
  })
}

/** Gives up emails that wait for a mail server; those that a worker has in hand at `now` go out. */
export async function withdrawWaiting (
  tx: Tx, which: Prisma.EmailWhereInput, reason: string, now: DateTime<true>
): Promise<void> {
  await tx.email.updateMany({
    where: { ...which, status: 'queued', OR: [{ claimedUntil: null }, { claimedUntil: { lte: now.toJSDate() } }] },
    data: { status: 'withdrawn', claimedUntil: null, answer: reason }
  })
}

/**
 * Sets aside emails of some kinds to bookings, so that new ones with the same numbers can go out: withdraws those that
 * still wait, with `reason`, and gives the rest numbers below zero. Emails that a booking gets once have the number 0;
 * bulletins have that of their activity.
 *
 * Locks emails in the order of their key, as workers do. A worker may lock an email and then its booking, so what
 * changes several bookings does this first.
 */
export async function setEmailsAside (
  tx: Tx, bookingIds: readonly string[], kinds: readonly EmailKind[], reason: string, now: DateTime<true>
): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 FROM letters WHERE booking_id = ANY (${bookingIds}::uuid[]) AND kind = ANY (${kinds}::text[])
    ORDER BY booking_id, kind, sequence, copy FOR UPDATE`
  await withdrawWaiting(tx, { bookingId: { in: [...bookingIds] }, kind: { in: [...kinds] } }, reason, now)
  await tx.$executeRaw`
    UPDATE letters SET sequence = lowest.sequence - 1 - letters.sequence
    FROM (
      SELECT booking_id, kind, least(0, min(sequence)) AS sequence FROM letters
      WHERE booking_id = ANY (${bookingIds}::uuid[]) AND kind = ANY (${kinds}::text[]) GROUP BY booking_id, kind
    ) AS lowest
    WHERE letters.booking_id = lowest.booking_id AND letters.kind = lowest.kind AND letters.sequence >= 0`
}
