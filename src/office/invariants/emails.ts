import { kinds } from '../../mail/emails/kinds.ts'
import type { EmailKind } from '../../mail/emails/kinds.ts'
import { listLostEmails } from '../../mail/emails/lost.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import { byQuery, bySql } from './invariant.ts'

/** What is due goes out within seconds, and what was missed within minutes; after so many, neither has happened. */
const minutesUntilStuck = 60

const stuckSince = (now: Date) => Prisma.sql`${now}::timestamptz - make_interval(mins => ${minutesUntilStuck})`

/** Kinds of which a booking gets one. */
const once = (Object.keys(kinds) as EmailKind[]).filter(kind => kinds[kind].isOnce)

/** What holds of emails, and of the facts that call for them. */
export const ofEmails = [
  // The unique index says so of the key; that a kind of which there is one has no second number, nothing else says.
  bySql('emails-once', 'No email goes out twice.', () => Prisma.sql`
    SELECT min(id::text) FROM letters WHERE sent_at IS NOT NULL
    GROUP BY booking_id, kind, copy, CASE WHEN kind = ANY (${once}::text[]) THEN 0 ELSE sequence END
    HAVING count(*) > 1`),

  byQuery('facts-emailed', 'What happened to a booking an hour ago is told, or a job is there to tell it.',
    async (db, { now }) => {
      const lost = await listLostEmails(db, now.minus({ minutes: minutesUntilStuck }))
      return lost.map(({ bookingId }) => bookingId)
    }),

  bySql('emails-have-jobs', 'For an email that is owed there is a job that sends it.', now => Prisma.sql`
    SELECT l.id::text FROM letters l
    WHERE l.status = 'queued' AND l.created_at <= ${stuckSince(now)}
      AND (l.claimed_until IS NULL OR l.claimed_until <= ${stuckSince(now)})
      AND NOT EXISTS (
        SELECT FROM pgboss.job j WHERE j.state < 'completed' AND j.data->>'bookingId' = l.booking_id::text)`),

  bySql('emails-let-go', 'No worker has had an email in hand for an hour.', now => Prisma.sql`
    SELECT l.id::text FROM letters l
    WHERE (l.claimed_until <= ${stuckSince(now)} AND l.status = 'queued'
        AND EXISTS (SELECT FROM pgboss.job j WHERE j.state < 'completed' AND j.data->>'bookingId' = l.booking_id::text))
      OR (l.in_turn_of IS NOT NULL AND (l.in_turn_of <> l.booking_id OR l.claimed_until IS NULL))`),

  // By the database's clock, as the queue itself.
  bySql('jobs-come-to', 'No job waits for an hour beyond its time.', () => Prisma.sql`
    SELECT j.id::text FROM pgboss.job j
    WHERE j.state IN ('created', 'retry') AND j.start_after <= now() - make_interval(mins => ${minutesUntilStuck})`),

  bySql('jobs-of-somebody', 'No job is left of a booking that is gone.', () => Prisma.sql`
    SELECT j.id::text FROM pgboss.job j
    WHERE j.state < 'completed' AND j.data->>'bookingId' IS NOT NULL
      AND NOT EXISTS (SELECT FROM bookings b WHERE b.id::text = j.data->>'bookingId')`),

  bySql('sequence-not-behind', 'The SEQUENCE of a booking is not behind one that was sent.', () => Prisma.sql`
    SELECT DISTINCT b.id::text FROM letters l JOIN bookings b ON b.id = l.booking_id
    WHERE l.kind = 'booking-changed' AND l.sequence > b.ical_sequence`)
]
