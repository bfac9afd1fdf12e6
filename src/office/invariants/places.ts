import { live } from '../../programme/booking-rules.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import { bySql } from './invariant.ts'

/** Longer than the sweep of every minute takes to do what is due. */
const minutesOfGrace = 5

const due = (now: Date) => Prisma.sql`${now}::timestamptz - make_interval(mins => ${minutesOfGrace})`

/** Places that rows of bookings have in a status, for each activity. */
const counted = Prisma.sql`
  SELECT activity_id,
    coalesce(sum(places) FILTER (WHERE status = 'confirmed'), 0) AS confirmed,
    coalesce(sum(places) FILTER (WHERE status = 'offered'), 0) AS offered,
    coalesce(sum(places) FILTER (WHERE status = 'waiting'), 0) AS waiting,
    count(*) FILTER (WHERE status = 'waiting') AS waiting_bookings
  FROM bookings GROUP BY activity_id`

/** Places of each hold that confirmed bookings have. */
const claimed = Prisma.sql`
  SELECT hold_id, sum(places) AS places FROM bookings
  WHERE hold_id IS NOT NULL AND status = 'confirmed' GROUP BY hold_id`

/** Places that are held for agencies, for each activity. */
const held = Prisma.sql`
  SELECT hold.activity_id, sum(hold.places - coalesce(claimed.places, 0)) AS held
  FROM holds hold LEFT JOIN (${claimed}) AS claimed ON claimed.hold_id = hold.id
  WHERE hold.returned_at IS NULL GROUP BY hold.activity_id`

/** What holds of places, of who has them and of who waits for them. */
export const ofPlaces = [
  // Lowering the number of places drops nobody, so an activity may have given more than it has. But then nobody
  // gets a place any more who did not have one: what its history says of later than its latest change is too much.
  bySql('not-oversold', 'No activity gives more places than it has.', () => Prisma.sql`
    WITH taken AS (
      SELECT counted.activity_id, confirmed + offered + coalesce(held, 0) AS places
      FROM (${counted}) AS counted LEFT JOIN (${held}) AS held USING (activity_id)),
    full_up AS (
      SELECT a.id, a.slug FROM activities a JOIN taken ON taken.activity_id = a.id
      WHERE taken.places > a.capacity * (100 + a.over_booking_percent) / 100),
    steps AS (
      SELECT event.activity_id, event.at, event.held,
        CASE WHEN event.status IN ('confirmed', 'offered') THEN event.places ELSE 0 END AS places,
        lag(CASE WHEN event.status IN ('confirmed', 'offered') THEN event.places ELSE 0 END, 1, 0)
          OVER (PARTITION BY event.booking_id, event.activity_id ORDER BY event.id) AS places_before
      FROM booking_events event WHERE event.activity_id IN (SELECT id FROM full_up))
    SELECT id::text FROM full_up
    WHERE (SELECT max(at) FROM steps WHERE activity_id = full_up.id AND places > places_before AND NOT held)
      > coalesce((
        SELECT max(at) FROM audit_entries
        WHERE subject = full_up.slug AND action IN ('places.changed', 'activity.changed')), '-infinity')`),

  bySql('occupancy-counted', 'What is counted as taken, held and waited for is what the rows say.', () => Prisma.sql`
    SELECT a.id::text
    FROM activities a LEFT JOIN occupancies o ON o.activity_id = a.id
      LEFT JOIN (${counted}) AS counted ON counted.activity_id = a.id LEFT JOIN (${held}) AS held ON held.activity_id = a.id
    WHERE (o.confirmed, o.offered, o.held, o.waiting, o.waiting_bookings) IS DISTINCT FROM (
      coalesce(counted.confirmed, 0)::int, coalesce(counted.offered, 0)::int, coalesce(held.held, 0)::int,
      coalesce(counted.waiting, 0)::int, coalesce(counted.waiting_bookings, 0)::int)`),

  bySql('holds-counted', 'What is counted as claimed of a hold is what its bookings have.', () => Prisma.sql`
    SELECT hold.id::text FROM holds hold LEFT JOIN (${claimed}) AS claimed ON claimed.hold_id = hold.id
    WHERE hold.claimed <> coalesce(claimed.places, 0)`),

  bySql('holds-of-their-activity', 'A booking has its place from a hold of its own activity.', () => Prisma.sql`
    SELECT b.id::text FROM bookings b JOIN holds hold ON hold.id = b.hold_id WHERE hold.activity_id <> b.activity_id`),

  // The unique index says so; it is asked without it, in case it is damaged.
  bySql('one-booking-a-person', 'No address has two live bookings of one activity.', () => Prisma.sql`
    SELECT min(id::text) FROM bookings WHERE ${live.sql()} AND canonical_email IS NOT NULL
    GROUP BY activity_id, canonical_email HAVING count(*) > 1`),

  bySql('turns-told-apart', 'Of any two who wait for an activity, one is before the other.', () => Prisma.sql`
    SELECT min(id::text) FROM bookings WHERE status = 'waiting'
    GROUP BY activity_id, priority, arrival HAVING count(*) > 1`),

  bySql('groups-exist', 'Who goes first on a waiting list is in a group that exists.', () => Prisma.sql`
    SELECT b.id::text FROM bookings b
    WHERE b.status = 'waiting' AND b.priority < 9
      AND NOT EXISTS (SELECT FROM priority_groups g WHERE g.activity_id = b.activity_id AND g.rank = b.priority)`),

  bySql('offers-end', 'An offer whose time is over has ended.', now => Prisma.sql`
    SELECT b.id::text FROM bookings b JOIN activities a ON a.id = b.activity_id
    WHERE b.status = 'offered' AND b.offered_until <= ${due(now)} AND a.status = 'published' AND a.booking = 'places'`),

  bySql('holds-return', 'A hold whose day is over has returned.', now => Prisma.sql`
    SELECT hold.id::text FROM holds hold JOIN activities a ON a.id = hold.activity_id
    WHERE hold.returned_at IS NULL AND hold.returns_at <= ${due(now)} AND a.status = 'published' AND a.booking = 'places'`),

  bySql('lists-close', 'Nobody waits for an activity whose booking has closed.', now => Prisma.sql`
    SELECT b.id::text FROM bookings b JOIN activities a ON a.id = b.activity_id
    WHERE b.status = 'waiting' AND coalesce(a.booking_closes_at, a.starts_at) <= ${due(now)}
      AND a.status = 'published' AND a.booking = 'places'`),

  bySql('cancelled-is-empty', 'Nobody has a place on a cancelled activity, or waits for one.', () => Prisma.sql`
    SELECT b.id::text FROM bookings b JOIN activities a ON a.id = b.activity_id
    WHERE a.status = 'cancelled' AND ${live.sql('b')}`),

  bySql('history-kept', 'The history of a booking ends with what the booking is.', () => Prisma.sql`
    SELECT b.id::text FROM bookings b LEFT JOIN LATERAL (
      SELECT activity_id, status, places FROM booking_events event WHERE event.booking_id = b.id ORDER BY id DESC LIMIT 1
    ) AS last ON true
    WHERE (last.activity_id, last.status, last.places) IS DISTINCT FROM (b.activity_id, b.status, b.places)`),

  bySql('headcounts-add-up', 'Of what was counted of an activity, each way of dividing it adds up to the total.', () => Prisma.sql`
    SELECT DISTINCT total.activity_id::text FROM headcounts total
      CROSS JOIN unnest(ARRAY['district', 'role', 'heard-from']) AS by (dimension)
      CROSS JOIN LATERAL (
        SELECT coalesce(sum(booked), 0) AS booked, coalesce(sum(places), 0) AS places, coalesce(sum(came), 0) AS came,
          coalesce(sum(cancelled), 0) AS cancelled
        FROM headcounts part WHERE part.activity_id = total.activity_id AND part.dimension = by.dimension) AS parts
    WHERE total.dimension = 'total'
      AND (parts.booked, parts.places, parts.came, parts.cancelled)
        IS DISTINCT FROM (total.booked::bigint, total.places::bigint, total.came::bigint, total.cancelled::bigint)`)
]
