import { live, reached, unheard, waitsAsCopy } from '../../programme/booking-rules.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { Attendance } from '../bookings/attendance.ts'
import type { AttendeeFilter, Sorting } from './filter.ts'
import { attendeeRoles } from '../bookings/booking.ts'
import type { MarksOf } from '../bookings/sealed-answers.ts'
import { parseSearch } from './search-query.ts'
import type { SearchQuery } from './search-query.ts'

/*
 * Which attendees a filter lets through, and in which order, for raw statements that call the table of bookings `b`: of
 * Prisma, or through a snapshot (`platform/database/snapshots.ts`).
 */

/** The last character that can occur in a text. */
const last = '\u{10FFFF}'

/**
 * SQL for the bookings that a search finds, of all activities, each by an index. The beginning of an address is
 * compared as a range, because LIKE uses its index only while the query is planned anew each time. A phone number is
 * found by its mark: the number is sealed. One without a mark is plain, of the version before.
 */
export function bookingsSought ({ names, address, phone, reference }: SearchQuery, marksOf: MarksOf): Prisma.Sql {
  const columns = Prisma.raw('id, name, reference, status, places, activity_id')
  return Prisma.sql`
    SELECT ${columns} FROM bookings WHERE name_as_searched(name) @@ (
      SELECT string_agg('(' || every || ')', ' | ')::tsquery
      FROM (
        SELECT string_agg(quote_literal(lexeme) || ':*', ' & ') AS every
        FROM unnest(${names}::text[]) AS typed, unnest(name_as_searched(typed))
        GROUP BY typed) AS way)
    UNION
    SELECT ${columns} FROM bookings
    WHERE canonical_email ~>=~ ${address ?? null}::text AND canonical_email ~<~ ${`${address ?? ''}${last}`}::text
    UNION
    SELECT ${columns} FROM bookings
    WHERE phone_mark = ANY (${phone === undefined ? [] : marksOf(phone)}::text[])
    UNION
    SELECT ${columns} FROM bookings
    WHERE phone_as_searched(phone) = phone_as_searched(${phone ?? null}::text) AND phone_mark IS NULL
    UNION
    SELECT ${columns} FROM bookings WHERE reference = ${reference ?? null}::text`
}

const attendedAs: Record<Attendance, Prisma.Sql> = {
  yes: Prisma.sql`b.attended`, no: Prisma.sql`NOT b.attended`, unknown: Prisma.sql`b.attended IS NULL`
}

/** One activity is told apart from several: the number of its rows can be estimated. */
function ofActivities (activityIds: readonly string[], row: 'b' | 'found'): Prisma.Sql {
  const [first, ...others] = activityIds
  const column = Prisma.raw(`${row}.activity_id`)
  return others.length === 0 ? Prisma.sql`${column} = ${first ?? null}::uuid` : Prisma.sql`${column} = ANY (${activityIds}::uuid[])`
}

/** The condition on `b` for the attendees of these activities that a filter lets through. */
export function attendeesOf (
  activityIds: readonly string[], filter: AttendeeFilter, marksOf: MarksOf
): Prisma.Sql {
  const { statuses, roles, districts, need, question, attendances, isUnreached, search } = filter
  const sought = search === undefined ? undefined : parseSearch(search)
  return Prisma.join([
    ofActivities(activityIds, 'b'),
    ...(statuses.length === 0 ? [] : [Prisma.sql`b.status = ANY (${statuses}::text[])`]),
    ...(roles.length === 0 ? [] : [Prisma.sql`b.role = ANY (${roles}::text[])`]),
    ...(districts.length === 0 ? [] : [Prisma.sql`b.district = ANY (${districts}::text[])`]),
    ...(need === undefined ? [] : [Prisma.sql`b.access_needs IS NOT NULL`]),
    ...(need === 'open' ? [Prisma.sql`b.access_answer IS NULL AND NOT ${waitsAsCopy.sql('b')}`] : []),
    ...(question === undefined ? [] : [Prisma.sql`b.question IS NOT NULL`]),
    ...(question === 'open' ? [Prisma.sql`b.question_outcome IS NULL`] : []),
    ...(attendances.length === 0 ? [] : [Prisma.sql`(${Prisma.join(attendances.map(one => attendedAs[one]), ' OR ')})`]),
    ...(isUnreached ? [Prisma.sql`NOT ${reached.sql('b')} AND NOT ${unheard.sql('b')}`] : []),
    ...(sought === undefined ? [] : [Prisma.sql`b.id IN (SELECT id FROM (${bookingsSought(sought, marksOf)}) AS found WHERE ${ofActivities(activityIds, 'found')})`])
  ], ' AND ')
}

/**
 * Given names and surname of `b`, an array of two, each NULL where the name as typed does not tell: written once, in
 * the database, so that a list is sorted by what it shows.
 */
export const namesApart = Prisma.sql`name_in_parts(b.name)`

const orders: Record<Sorting, Prisma.Sql[]> = {
  status: [Prisma.sql`coalesce(array_position(ARRAY['confirmed', 'offered', 'waiting'], b.status), 4)`, Prisma.sql`CASE b.status WHEN 'waiting' THEN b.priority END`],
  // The collation is named: what a database sorts by otherwise differs, and C.UTF-8 puts Łucja and Ömer after Zoë.
  name: [Prisma.sql`name_as_sorted(b.name) COLLATE "en-GB-x-icu"`],
  places: [Prisma.sql`b.places`],
  role: [Prisma.sql`array_position(${[...attendeeRoles]}::text[], b.role)`],
  district: [Prisma.sql`b.district COLLATE "en-GB-x-icu"`],
  attendance: [Prisma.sql`CASE WHEN b.attended THEN 1 WHEN NOT b.attended THEN 2 END`],
  booked: [Prisma.sql`b.created_at`],
  turn: [Prisma.sql`b.priority`, Prisma.sql`b.arrival`]
}

/**
 * The order of a list, for after ORDER BY: those who come or wait before those who no longer do, whatever it is sorted
 * by; what is not known comes last. It is the same each time: it ends in a unique key.
 */
export function inOrderOf ({ sort, isDescending }: Pick<AttendeeFilter, 'sort' | 'isDescending'>): Prisma.Sql {
  const direction = Prisma.raw(isDescending ? 'DESC NULLS LAST' : 'ASC NULLS LAST')
  return Prisma.join([
    Prisma.sql`NOT ${live.sql('b')}`,
    ...orders[sort].map(order => Prisma.sql`${order} ${direction}`),
    Prisma.sql`b.arrival`, Prisma.sql`b.id`
  ], ', ')
}
