import { randomUUID } from 'node:crypto'
import type { DateTime } from 'luxon'
import type { Booking } from '../../booking/bookings/booking.ts'
import type { Db } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import { EmailInHand, EmailNotInTurn } from './errors.ts'
import { kinds } from './kinds.ts'
import type { EmailKind } from './kinds.ts'
import { emailRows } from './email-key.ts'
import type { EmailKey } from './email-key.ts'

/** An email that only this worker may try to send now, while no other of the same booking is in hand. */
export interface ClaimedEmail {
  id: string
  messageId: string
  createdAt: Date
  /** The state of its booking, which nothing else can announce meanwhile. */
  state: BookingState
}

/** The parts of a booking that decide what its emails say; a change of any calls for another email. */
export type BookingState = Pick<Booking, 'status' | 'icalSequence' | 'offers' | 'linkVersion'>

/** Longer than a mailer tries, with room for differing clocks; short enough not to wait long for a dead worker. */
export const claimSeconds = 60

/** Usually enough for a mail server to take the email before it. */
const secondsInTurn = 2

/**
 * Claims emails, and creates those that are tried for the first time; undefined for each that is not free. One
 * statement: two workers cannot both find an email free, and the claim of a worker that died ends by itself. `claim` is
 * the id of the try: repeated because the answer was lost, it finds what it claimed. An email named twice is claimed
 * once, for the first. Rows are locked in the order of the key, as in noteSent: so no two workers wait for each other.
 *
 * Of the emails of a booking that carry a calendar entry only one is in hand at a time: then a calendar keeps what was
 * sent last, even if it ignores SEQUENCE (RFC 5546 §2.1.5 permits that). The index `letters_one_in_hand` ensures it
 * where two workers look at once. The state of a booking is read after its email is claimed: a later change is told by
 * an email that waits for this one.
 */
export async function claimEmails (
  db: Db, keys: readonly EmailKey[], host: string, now: DateTime<true>, claim: string = randomUUID()
): Promise<Array<ClaimedEmail | undefined>> {
  try {
    return await claimFree(db, keys, host, now, claim)
  } catch (error) {
    // Among several, `batched` finds out which one was out of turn.
    if (keys.length === 1 && isOutOfTurn(error)) return [undefined]
    throw error
  }
}

/** Whether two workers looked at once, and the other one claimed an email of the same booking. */
function isOutOfTurn (error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.message.includes('letters_one_in_hand')
}

/** Kinds of email that may speak to a calendar. */
const inTurn = (Object.keys(kinds) as EmailKind[]).filter(kind => kinds[kind].method !== undefined)

async function claimFree (
  db: Db, keys: readonly EmailKey[], host: string, now: DateTime<true>, claim: string
): Promise<Array<ClaimedEmail | undefined>> {
  const wanted = new Map(keys.toReversed().map(key => [nameOf(key), { ...key, id: randomUUID() }]))
  const emails = [...new Map([...wanted].map(([name, email]) =>
    [inTurn.includes(email.kind) ? email.bookingId : name, email])).values()]
  const at = now.toJSDate()
  const claimed = await db.$queryRaw<Array<Omit<ClaimedEmail, 'state'> & EmailKey>>`
    WITH wanted AS (SELECT * FROM ${emailRows(emails)}),
    others AS (
      SELECT letter.id, letter.booking_id, letter.claimed_until
      FROM letters letter JOIN wanted ON wanted.booking_id = letter.booking_id
      WHERE letter.claimed_until IS NOT NULL
        AND letter.kind = ANY (${inTurn}::text[]) AND wanted.kind = ANY (${inTurn}::text[])
        AND (letter.kind, letter.sequence, letter.copy) <> (wanted.kind, wanted.sequence, wanted.copy)),
    ended AS (
      UPDATE letters SET claimed_until = NULL FROM others
      WHERE letters.id = others.id AND letters.claimed_until <= ${at} RETURNING letters.id)
    INSERT INTO letters AS letter
      (id, booking_id, kind, sequence, copy, message_id, status, attempts, claimed_until, claim, in_turn_of, created_at)
    SELECT id, booking_id, kind, sequence, copy, id || ${`@${host}`}, 'queued', 1,
      ${now.plus({ seconds: claimSeconds }).toJSDate()}, ${claim}::uuid,
      CASE WHEN kind = ANY (${inTurn}::text[]) THEN booking_id END, ${at}
    FROM wanted
    WHERE (SELECT count(*) FROM ended) >= 0
      AND NOT EXISTS (SELECT FROM others WHERE others.booking_id = wanted.booking_id AND others.claimed_until > ${at})
    ORDER BY booking_id, kind, sequence, copy
    ON CONFLICT (booking_id, kind, sequence, copy) DO UPDATE
      SET claimed_until = EXCLUDED.claimed_until, claim = EXCLUDED.claim, attempts = letter.attempts + 1,
        in_turn_of = EXCLUDED.in_turn_of
      WHERE letter.status = 'queued'
        AND (letter.claimed_until IS NULL OR letter.claimed_until <= ${at} OR letter.claim = EXCLUDED.claim)
    RETURNING id, message_id AS "messageId", created_at AS "createdAt", booking_id AS "bookingId", kind, sequence, copy`
  const states = await readBookingStates(db, claimed.map(({ bookingId }) => bookingId))
  const free = new Map(claimed.map(email => [nameOf(email), email]))
  return keys.map(key => {
    const email = free.get(nameOf(key))
    free.delete(nameOf(key))
    const state = states.get(key.bookingId)
    return email && state && { ...email, state }
  })
}

/** The states of bookings, by id. */
async function readBookingStates (db: Db, ids: readonly string[]): Promise<Map<string, BookingState>> {
  const rows = await db.$queryRaw<Array<BookingState & { id: string }>>`
    SELECT id, status, ical_sequence AS "icalSequence", offers, link_version AS "linkVersion"
    FROM bookings WHERE id = ANY (${ids}::uuid[])`
  return new Map(rows.map(row => [row.id, row]))
}

/** Whether a booking that was read before its email was claimed is still in the same state. */
export function isUnchanged (state: BookingState, read: BookingState): boolean {
  return (['status', 'icalSequence', 'offers', 'linkVersion'] as const).every(name => state[name] === read[name])
}

/** Releases an email that was not tried; with the reason `untrue` for good, because it is not needed any more. */
export async function releaseClaim (db: Db, { id }: Pick<ClaimedEmail, 'id'>, untrue?: string): Promise<void> {
  await db.email.update({
    where: { id },
    data: {
      claimedUntil: null,
      attempts: { decrement: 1 },
      ...(untrue !== undefined && { status: 'withdrawn', answer: untrue })
    }
  })
}

function nameOf ({ bookingId, kind, sequence, copy }: EmailKey): string {
  return `${bookingId} ${kind} ${sequence} ${copy}`
}

/**
 * For an email that was not free: throws `EmailInHand` where another worker has claimed it, and `EmailNotInTurn` where
 * one has claimed another of its booking; otherwise it was sent or has failed.
 */
export async function assertNotInHand (
  db: Db, { bookingId, kind, sequence, copy }: EmailKey, now: DateTime<true>
): Promise<void> {
  const email = await db.email.findUnique({
    where: { bookingId_kind_sequence_copy: { bookingId, kind, sequence, copy } },
    select: { status: true, claimedUntil: true }
  })
  if (email !== null && email.status !== 'queued') return
  if (email?.claimedUntil == null) throw new EmailNotInTurn(secondsInTurn)
  const seconds = Math.ceil((email.claimedUntil.getTime() - now.toMillis()) / 1000)
  throw new EmailInHand(Math.min(Math.max(seconds, 1), claimSeconds))
}
