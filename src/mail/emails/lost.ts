import type { DateTime } from 'luxon'
import { findBookings } from '../../booking/bookings/queries.ts'
import { live } from '../../programme/booking-rules.ts'
import type { Reader } from '../../platform/database/connect.ts'
import type { EmailDue } from '../../platform/outbox.ts'
import { kinds } from './kinds.ts'
import type { EmailFact } from './kinds.ts'
import type { EmailKey } from './email-key.ts'
import { emailOwed } from './owing.ts'

/** A fact that can be derived from the state of a booking alone. */
interface PlainFact extends EmailDue {
  fact: Exclude<EmailFact, 'letter.due'>
}

/** How long an email may take to go out by itself before it counts as lost, in minutes. */
export const graceMinutes = 2
/** How far back to look, in hours: an email about an older change would surprise more than help. */
const reachHours = 25

/**
 * Emails that the state of a booking calls for, that were never begun, as far as the state can tell, and that no job is
 * about to write: a booking's first emails, its latest change and its cancellation. A link that someone asked for is
 * not among them: they ask again. A job that exists, however late, is left to its work: looking at a long queue must
 * not make it longer.
 */
export async function listLostEmails (db: Reader, now: DateTime<true>): Promise<EmailKey[]> {
  const facts = await listUnwritten(db, now)
  const bookings = await findBookings(db, facts.map(({ bookingId }) => bookingId))
  return facts.flatMap(({ fact, ...due }, n) => {
    const booking = bookings[n]
    return (booking && emailOwed(fact, due, booking)) ?? []
  })
}

/** Recent changes to bookings that no email has been begun about and that no job is about to write about. */
async function listUnwritten (db: Reader, now: DateTime<true>): Promise<PlainFact[]> {
  return await db.$queryRaw`
    WITH unwritten AS (
      SELECT b.id AS booking_id, o.fact, o.kinds, o.due AS sequence
      FROM bookings b JOIN activities a ON a.id = b.activity_id CROSS JOIN LATERAL (VALUES
        ('booking.confirmed', b.status = 'confirmed', ARRAY['place-confirmed', 'place-found'], 0, b.ical_sequence),
        ('waiting-list.joined', b.status = 'waiting' AND b.carried_from IS NULL, ARRAY['waiting-list-joined'],
          0, b.ical_sequence),
        ('booking.changed', ${live.sql('b')} AND b.ical_sequence > 0,
          ARRAY['booking-changed'], b.ical_sequence, b.ical_sequence),
        ('place.offered', b.status = 'offered', ARRAY['place-offered'], b.offers, b.offers),
        ('place.called', b.status = 'waiting' AND b.called_at IS NOT NULL, ARRAY['place-called'], b.offers, b.offers),
        ('booking.lapsed', b.status = 'lapsed',
          ARRAY['offer-lapsed', 'offer-refused', 'waiting-list-closed'], 0, b.offers),
        ('booking.cancelled', b.status = 'cancelled',
          ARRAY['cancelled', 'cancelled-by-us', 'activity-cancelled'], 0, b.ical_sequence)
      ) AS o (fact, is_true, kinds, sequence, due)
      WHERE b.changed_at > ${now.minus({ hours: reachHours }).toJSDate()}
        AND b.changed_at <= ${now.minus({ minutes: graceMinutes }).toJSDate()}
        AND o.is_true
        AND (b.status = 'cancelled' OR (b.status = 'lapsed' AND b.lapse_reason = 'closed')
          OR (a.status <> 'cancelled' AND a.ends_at > ${now.toJSDate()}))
        AND NOT EXISTS (
          SELECT 1 FROM letters l
          WHERE l.booking_id = b.id AND l.kind = ANY (o.kinds) AND l.sequence >= o.sequence)
    )
    SELECT booking_id AS "bookingId", fact, sequence FROM unwritten
    WHERE NOT EXISTS (
        SELECT 1 FROM pgboss.job j
        WHERE j.name = unwritten.fact AND j.state < 'completed' AND j.data->>'bookingId' = booking_id::text)
      AND NOT EXISTS (
        SELECT 1 FROM pgboss.job j
        WHERE j.name = 'letter.due' AND j.state < 'completed' AND j.data->>'bookingId' = booking_id::text
          AND j.data->>'kind' = ANY (kinds))`
}

/** Emails that were begun, or recorded as owed, and that no job is about to send. */
export async function listUnsentEmails (db: Reader, now: DateTime<true>): Promise<EmailKey[]> {
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
