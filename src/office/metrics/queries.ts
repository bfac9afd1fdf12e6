import type { DateTime } from 'luxon'
import { kinds } from '../../mail/emails/kinds.ts'
import type { EmailKind } from '../../mail/emails/kinds.ts'
import type { Reader } from '../../platform/database/connect.ts'

/** Figures of the service as a whole: the same from every process. */
export interface Levels {
  /** Places of activities to come. */
  confirmed: number
  offered: number
  held: number
  /** Bookings that wait. */
  waiting: number
  /** Bookings made within the last five minutes. */
  booked: number
  emailsQueued: number
  /** Since when the oldest of them waits. */
  oldestSeconds: number
  /** Given up, about bookings that changed within a day. */
  emailsFailed: number
  /** Emails about what happened up to ten minutes ago, and those of them that went within ten seconds. */
  emailsDue: number
  emailsPrompt: number
  /** How long the first job of each queue waits beyond its time. */
  queues: Array<{ queue: string, seconds: number }>
}

/** How soon someone who has booked expects the email. */
export const promptSeconds = 10

/** Kinds that follow at once from what happens. */
const atOnce = (Object.keys(kinds) as EmailKind[]).filter(kind => kinds[kind].fact !== 'letter.due')

/** All of it in one query, by indexes: a scrape must not be felt. */
export async function readLevels (db: Reader, now: DateTime<true>): Promise<Levels> {
  const at = now.toJSDate()
  const [levels] = await db.$queryRaw<Levels[]>`
    WITH places AS (
      SELECT coalesce(sum(confirmed), 0)::int AS confirmed, coalesce(sum(offered), 0)::int AS offered,
        coalesce(sum(held), 0)::int AS held, coalesce(sum(waiting_bookings), 0)::int AS waiting
      FROM occupancies o JOIN activities a ON a.id = o.activity_id WHERE a.status = 'published' AND a.ends_at > ${at}),
    queued AS (
      SELECT count(*)::int AS "emailsQueued",
        coalesce(greatest(extract(epoch FROM ${at}::timestamptz - min(created_at)), 0), 0)::float8 AS "oldestSeconds"
      FROM letters WHERE status = 'queued'),
    failed AS (
      SELECT count(*)::int AS "emailsFailed" FROM bookings b JOIN letters l ON l.booking_id = b.id
      WHERE b.changed_at > ${at}::timestamptz - interval '1 day' AND l.status = 'failed'),
    recent AS (
      SELECT count(*)::int AS "emailsDue",
        (count(*) FILTER (WHERE l.sent_at <= b.changed_at + make_interval(secs => ${promptSeconds})))::int AS "emailsPrompt"
      FROM bookings b JOIN letters l ON l.booking_id = b.id AND l.created_at >= b.changed_at AND l.kind = ANY (${atOnce}::text[])
      WHERE b.changed_at > ${at}::timestamptz - interval '10 minutes'
        AND b.changed_at <= ${at}::timestamptz - make_interval(secs => ${promptSeconds}))
    SELECT places.*, queued.*, failed.*, recent.*,
      (SELECT count(*)::int FROM bookings WHERE created_at > ${at}::timestamptz - interval '5 minutes') AS booked,
      (SELECT coalesce(json_agg(json_build_object('queue', name, 'seconds', seconds)), '[]') FROM (
        SELECT name, extract(epoch FROM now() - min(start_after)) AS seconds FROM pgboss.job
        WHERE state < 'active' AND start_after <= now() GROUP BY name) AS late) AS queues
    FROM places, queued, failed, recent`
  if (levels === undefined) throw new Error('The database gave no figures.')
  return levels
}
