import { monthsOfTexts } from '../../booking/evaluations/answering-times.ts'
import { daysOfEnded } from '../../identity/staff/commands.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'
import { daysAfterEnd, daysUnconfirmed } from '../../programme/entries/entry.ts'
import { instant, officeZone } from '../../platform/clock.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import { monthsOfTrail } from '../forgetting/audit-trail.ts'
import { listDue, listRestored } from '../forgetting/queries.ts'
import { keptSince } from '../requests/request.ts'
import { daysKept as daysOfResourceRequests } from '../resource-requests/request.ts'
import { byQuery, bySql } from './invariant.ts'

/** A night that failed is made up for in the next. */
const daysOfGrace = 2

const isHeld = (row: string) => Prisma.raw(`EXISTS (
  SELECT FROM legal_holds hold WHERE hold.lifted_at IS NULL AND hold.canonical_email = ${row}.canonical_email)`)

/** Of very many brought back by a backup this many are counted. */
const mostCounted = 1000

/** What holds of how long details are kept, of who runs what, and of what is on the shelf. */
export const ofKeeping = [
  byQuery('bookings-forgotten', 'No details of a booking are kept beyond their day, unless a legal hold keeps them.',
    async (db, { now }) => await listDue(db, now.minus({ days: daysOfGrace }))),

  byQuery('forgotten-for-good', 'What was forgotten is not there again.', async db => await listRestored(db, mostCounted)),

  bySql('others-forgotten', 'Requests, addresses and erasures are not kept beyond their day.', now => {
    const before = instant(now).minus({ days: daysOfGrace })
    const [at, day] = [before.toJSDate(), before.toISODate()]
    return Prisma.sql`
      SELECT 'request ' || r.id FROM requests r WHERE r.closed_at < ${keptSince(before).toJSDate()} AND NOT ${isHeld('r')}
      UNION ALL SELECT 'resource request ' || r.id FROM resource_requests r
        WHERE r.needed_by + ${daysOfResourceRequests}::int <= ${day}::date AND NOT ${isHeld('r')}
      UNION ALL SELECT 'later contact ' || id FROM later_contacts WHERE erase_on <= ${day}::date
      UNION ALL SELECT 'erasure ' || e.id FROM erasures e WHERE e.done_by <= ${at} AND NOT ${isHeld('e')}
      UNION ALL SELECT 'invitation ' || id FROM co_host_invitations WHERE expires_at <= ${at}`
  }),

  // Those of entries that took place are told by their activity: see office/entries/keeping.ts.
  bySql('entrants-forgotten', 'Who entered something that ended, or was never confirmed, is not kept beyond their day.', now => {
    const today = calendarDayOf(instant(now).minus({ days: daysOfGrace }), officeZone)
    return Prisma.sql`
      SELECT entry.id::text FROM entries entry
      WHERE NOT ${isHeld('entry')} AND CASE
        WHEN entry.confirmed_at IS NULL THEN (entry.received_at AT TIME ZONE ${officeZone})::date + ${daysUnconfirmed}::int
        WHEN entry.ended_at IS NOT NULL THEN (entry.ended_at AT TIME ZONE ${officeZone})::date + ${daysAfterEnd}::int
        END <= ${today}::date`
  }),

  bySql('texts-forgotten', 'What people wrote in evaluations is not kept beyond its months.', now => Prisma.sql`
    SELECT text.id::text FROM evaluation_texts text JOIN activities a ON a.id = text.activity_id
    WHERE a.ends_at <= ${instant(now).minus({ months: monthsOfTexts, days: daysOfGrace }).toJSDate()}
      AND NOT EXISTS (SELECT FROM legal_holds hold WHERE hold.activity_id = a.id AND hold.lifted_at IS NULL)`),

  // The latest of each member of staff stays: it says when they were last here.
  bySql('sessions-dropped', 'Sessions that ended long ago are not kept, but for the last of each.', now => Prisma.sql`
    SELECT ended.id::text FROM staff_sessions ended
    WHERE ended.created_at < ${instant(now).minus({ days: daysOfEnded + daysOfGrace }).toJSDate()} AND EXISTS (
      SELECT FROM staff_sessions later WHERE later.staff_member_id = ended.staff_member_id
        AND (later.last_seen_at, later.id) > (ended.last_seen_at, ended.id))`),

  // What is about something under a legal hold stays, as forget_entries of the database says.
  bySql('trail-forgotten', 'The audit trail is not kept beyond its months, unless a legal hold keeps it.', now => Prisma.sql`
    SELECT entry.id::text FROM audit_entries entry
    WHERE entry.at < ${instant(now).minus({ months: monthsOfTrail, days: daysOfGrace }).toJSDate()} AND NOT EXISTS (
      SELECT FROM legal_holds hold LEFT JOIN activities a ON a.id = hold.activity_id
        LEFT JOIN bookings b ON b.activity_id = hold.activity_id OR b.canonical_email = hold.canonical_email
        LEFT JOIN requests r ON r.canonical_email = hold.canonical_email
      WHERE hold.lifted_at IS NULL AND entry.subject IN (hold.id::text, a.slug, b.id::text, r.id::text))`),

  bySql('trail-guarded', 'The database lets nobody change what is in the audit trail, or delete it early.', () => Prisma.sql`
    SELECT guard FROM unnest(ARRAY['audit_entries_append_only', 'audit_entries_kept_for_two_years']) AS guard
    WHERE NOT EXISTS (
      SELECT FROM pg_trigger WHERE tgrelid = 'audit_entries'::regclass AND tgname = guard AND tgenabled IN ('O', 'A'))`),

  bySql('names-of-their-day', 'Every activity says who runs it on its day.', () => Prisma.sql`
    SELECT id::text FROM activities
    WHERE partnership IS DISTINCT FROM partnership_on(campaign_id, district, (starts_at AT TIME ZONE zone)::date)`),

  bySql('stock-counted', 'What is promised of a resource is what its requests say, and it is there.', () => Prisma.sql`
    SELECT resource.id::text FROM resources resource LEFT JOIN (
      SELECT resource_id, sum(promised) AS promised FROM requested_resources GROUP BY resource_id
    ) AS requested ON requested.resource_id = resource.id
    WHERE resource.promised <> coalesce(requested.promised, 0) OR resource.stock < resource.promised`)
]
