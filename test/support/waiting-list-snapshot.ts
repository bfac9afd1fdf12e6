import type pg from 'pg'
import type { Occupancy } from '../../src/programme/activities/activity.ts'
import type { ModelHold, Person } from './waiting-list-model.ts'

/** The database's state of one activity; bookings in the order of arrival, holds in that of their making. */
export interface Snapshot {
  bookings: Array<Omit<Person, 'hold' | 'told'> & {
    id: string
    arrival: number
    isConfirmed: boolean
    hasWaited: boolean
    hold: string | null
  }>
  holds: Array<ModelHold & { id: string, claimed: number }>
  occupancy: Occupancy
  /** Facts for which someone gets an email: whose, which, and the email's number. */
  told: Array<{ id: string, fact: string, sequence: number }>
  /** Number of jobs to serve the list that there have ever been. */
  freed: number
}

const snapshotSql = `
  SELECT json_build_object(
    'bookings', (
      SELECT coalesce(json_agg(json_build_object(
        'id', id, 'address', email, 'places', places, 'status', status, 'priority', priority, 'offers', offers,
        'isCalled', called_at IS NOT NULL, 'sequence', ical_sequence, 'lapseReason', lapse_reason,
        'offeredUntil', (extract(epoch FROM offered_until) * 1000)::bigint, 'arrival', arrival,
        'isConfirmed', confirmed_at IS NOT NULL, 'hasWaited', waited_at IS NOT NULL, 'hold', hold_id) ORDER BY arrival), '[]')
      FROM bookings WHERE activity_id = $1),
    'holds', (
      SELECT coalesce(json_agg(json_build_object(
        'id', id, 'code', code, 'places', places, 'claimed', claimed, 'hasReturned', returned_at IS NOT NULL,
        'returnsAt', (extract(epoch FROM returns_at) * 1000)::bigint) ORDER BY code), '[]')
      FROM holds WHERE activity_id = $1),
    'occupancy', (
      SELECT json_build_object('confirmed', confirmed, 'offered', offered, 'held', held, 'waiting', waiting,
        'waitingBookings', waiting_bookings)
      FROM occupancies WHERE activity_id = $1),
    'told', (
      SELECT coalesce(json_agg(json_build_object('id', b.id, 'fact', job.name, 'sequence', (data->>'sequence')::int)), '[]')
      FROM bookings b JOIN pgboss.job AS job ON data->>'bookingId' = b.id::text
      WHERE b.activity_id = $1 AND job.name <> 'booking.requested-again'),
    'freed', (SELECT count(*)::int FROM pgboss.job WHERE data->>'activityId' = $1::uuid::text)
  ) AS snapshot`

/** Everything about one activity at one instant, in one query: an index on `pgboss.job` makes it cheap. */
export async function snapshotOf (sql: pg.Client, activityId: string): Promise<Snapshot> {
  const { rows: [row] } = await sql.query<{ snapshot: Snapshot }>({ name: 'snapshot', text: snapshotSql, values: [activityId] })
  if (row === undefined) throw new Error('There is nothing to look at.')
  return row.snapshot
}

/** Occupancy and claimed places equal the counts, and no one has two live bookings. */
export function assertCounted ({ bookings, holds, occupancy }: Snapshot): void {
  const places = (of: (booking: Snapshot['bookings'][number]) => boolean) =>
    bookings.filter(of).reduce((sum, { places }) => sum + places, 0)
  assertSame(occupancy, {
    confirmed: places(({ status }) => status === 'confirmed'),
    offered: places(({ status }) => status === 'offered'),
    held: holds.reduce((sum, hold) => hold.hasReturned ? sum : sum + hold.places - hold.claimed, 0),
    waiting: places(({ status }) => status === 'waiting'),
    waitingBookings: bookings.filter(({ status }) => status === 'waiting').length
  }, 'Occupancy')
  for (const { id, claimed } of holds) {
    assertSame(claimed, places(({ hold, status }) => hold === id && status === 'confirmed'), 'What is claimed of a hold')
  }
  const live = bookings.filter(isLive).map(({ address }) => address)
  assertSame(live.length, new Set(live).size, 'The number of addresses with a live booking')
}

/** Each change of a booking was told once, and nothing else was. */
export function assertTold ({ bookings, told }: Snapshot): void {
  const of = Map.groupBy(told, ({ id }) => id)
  for (const { id, status, sequence, offers, isConfirmed, hasWaited } of bookings) {
    const facts = of.get(id) ?? []
    const count = (...names: string[]) => facts.filter(({ fact }) => names.includes(fact)).length
    assertSame(facts.length, new Set(facts.map(({ fact, sequence }) => `${fact} ${sequence}`)).size, 'Facts of one kind and number')
    assertSame({
      joined: count('waiting-list.joined'),
      confirmed: count('booking.confirmed'),
      asked: count('place.offered', 'place.called'),
      changed: count('booking.changed'),
      lapsed: count('booking.lapsed'),
      cancelled: count('booking.cancelled')
    }, {
      joined: hasWaited ? 1 : 0,
      confirmed: isConfirmed ? 1 : 0,
      asked: offers,
      changed: status === 'cancelled' && isConfirmed ? sequence - 1 : sequence,
      lapsed: status === 'lapsed' ? 1 : 0,
      cancelled: status === 'cancelled' ? 1 : 0
    }, 'What someone was told')
  }
}

export function isLive ({ status }: Pick<Person, 'status'>): boolean {
  return status === 'confirmed' || isAsked({ status })
}

export function isAsked ({ status }: Pick<Person, 'status'>): boolean {
  return status === 'waiting' || status === 'offered'
}

export function assertSame (found: unknown, wanted: unknown, what: string): void {
  if (Array.isArray(found) && Array.isArray(wanted) && found.length === wanted.length) {
    for (const [n, part] of found.entries()) assertSame(part, wanted[n], `${what}, number ${n + 1},`)
    return
  }
  const [one, other] = [found, wanted].map(inOneForm)
  if (one !== other) throw new Error(`${what} should be\n${other}\nand is\n${one}`)
}

/** As JSON with keys in order; missing and null are equal. */
function inOneForm (value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part ?? undefined
    return Object.fromEntries(Object.entries(part).sort(([one], [other]) => one < other ? -1 : 1))
  }) ?? ''
}
