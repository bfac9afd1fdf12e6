import { instant } from '../../platform/clock.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
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

  bySql('names-of-their-day', 'Every activity says who runs it on its day.', () => Prisma.sql`
    SELECT id::text FROM activities
    WHERE partnership IS DISTINCT FROM partnership_on(campaign_id, district, (starts_at AT TIME ZONE zone)::date)`),

  bySql('stock-counted', 'What is promised of a resource is what its requests say, and it is there.', () => Prisma.sql`
    SELECT resource.id::text FROM resources resource LEFT JOIN (
      SELECT resource_id, sum(promised) AS promised FROM requested_resources GROUP BY resource_id
    ) AS requested ON requested.resource_id = resource.id
    WHERE resource.promised <> coalesce(requested.promised, 0) OR resource.stock < resource.promised`)
]
