import type { DateTime } from 'luxon'
import type { Reader } from '../database/connect.ts'
import type { LetterDue } from '../outbox.ts'
import { kinds } from './kinds.ts'
import type { LetterFact } from './kinds.ts'

export interface LostFact extends LetterDue {
  fact: LetterFact
}

/** Time that a fact is given to come through by itself. */
const graceMinutes = 2
/** Older changes are history: a letter about them would surprise more than help. */
const reachHours = 25

/**
 * Letters that are owed and that no job is about to write.
 *
 * Owed is what the state of a booking calls for and was never begun, as far as the state can tell: a
 * booking's first letters, its latest change of places and its cancellation. A link that somebody asked
 * for is not among them; they ask again. Owed as well is whatever was begun and has not come to an end.
 * A job that is there, however late, is left to its work: a long queue must not grow by being looked at.
 */
export async function listLostFacts (db: Reader, now: DateTime<true>): Promise<LostFact[]> {
  const facts = Object.entries(kinds).map(([kind, { fact }]) => ({ kind, fact }))
  return await db.$queryRaw`
    WITH owed AS (
      SELECT b.id AS booking_id, o.fact, o.due AS sequence
      FROM bookings b JOIN activities a ON a.id = b.activity_id CROSS JOIN LATERAL (VALUES
        ('booking.confirmed', b.status = 'confirmed', ARRAY['place-confirmed', 'place-found'], 0, b.ical_sequence),
        ('waiting-list.joined', b.status = 'waiting' AND b.carried_from IS NULL,
          ARRAY['waiting-list-joined'], 0, b.ical_sequence),
        ('booking.changed', b.status IN ('confirmed', 'waiting', 'offered') AND b.ical_sequence > 0,
          ARRAY['booking-changed'], b.ical_sequence, b.ical_sequence),
        ('place.offered', b.status = 'offered', ARRAY['place-offered'], b.offers, b.offers),
        ('place.called', b.status = 'waiting' AND b.called_at IS NOT NULL, ARRAY['place-called'], b.offers, b.offers),
        ('booking.lapsed', b.status = 'lapsed',
          ARRAY['offer-lapsed', 'offer-refused', 'waiting-list-closed'], 0, b.offers),
        ('booking.cancelled', b.status = 'cancelled', ARRAY['cancelled'], 0, b.ical_sequence)
      ) AS o (fact, is_owed, kinds, sequence, due)
      WHERE b.changed_at > ${now.minus({ hours: reachHours }).toJSDate()}
        AND b.changed_at <= ${now.minus({ minutes: graceMinutes }).toJSDate()}
        AND o.is_owed
        AND (b.status = 'cancelled' OR (b.status = 'lapsed' AND b.lapse_reason = 'closed')
          OR (a.status <> 'cancelled' AND a.ends_at > ${now.toJSDate()}))
        AND NOT EXISTS (
          SELECT 1 FROM letters l
          WHERE l.booking_id = b.id AND l.kind = ANY (o.kinds) AND l.sequence >= o.sequence)
      UNION
      SELECT l.booking_id, f.fact, l.sequence
      FROM letters l JOIN unnest(${facts.map(({ kind }) => kind)}::text[], ${facts.map(({ fact }) => fact)}::text[])
        AS f (kind, fact) ON f.kind = l.kind
      WHERE l.status = 'queued' AND (l.claimed_until IS NULL OR l.claimed_until <= ${now.toJSDate()})
    )
    SELECT booking_id AS "bookingId", fact, sequence FROM owed
    WHERE NOT EXISTS (
      SELECT 1 FROM pgboss.job j
      WHERE j.name = owed.fact AND j.state < 'completed' AND j.data->>'bookingId' = owed.booking_id::text)`
}
