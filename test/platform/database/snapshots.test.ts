// Subject: the database.
import t from 'tap'
import type { Test } from 'tap'
import { Prisma } from '../../../src/platform/database/generated/client.ts'
import { isDatabaseAway } from '../../../src/platform/database/errors.ts'
import { openSnapshots, SnapshotsInUse } from '../../../src/platform/database/snapshots.ts'
import { aPgBouncer, withPgBouncer } from '../../support/pgbouncer.ts'
import { eventually } from '../../support/running-service.ts'
import { aBooking, anActivity, world } from '../../support/world.ts'
import type { World } from '../../support/world.ts'

const numbers = (most: number) => Prisma.sql`SELECT n, 'row ' || n, NULL FROM generate_series(1, ${most}::int) AS n ORDER BY n`

function snapshotsOf (t: Test, url: string, atOnce?: number) {
  const snapshots = openSnapshots(url, { ...(atOnce !== undefined && { atOnce }) })
  t.teardown(async () => { await snapshots.close() })
  return snapshots
}

async function allOf<T> (portions: AsyncIterable<T[]>): Promise<T[]> {
  const all: T[] = []
  for await (const portion of portions) all.push(...portion)
  return all
}

/** How many connections of ours are in a transaction. */
async function countInTransaction ({ db }: World): Promise<number> {
  const [{ n } = { n: 0 }] = await db.$queryRaw<Array<{ n: number }>>`
    SELECT count(*)::int AS n FROM pg_stat_activity
    WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()
      AND backend_type = 'client backend'`
  return n
}

t.test('a long answer comes whole and in order, as text', async t => {
  const snapshot = await snapshotsOf(t, (await world(t)).url).open()

  for (const most of [0, 1, 20_000]) {
    const rows = await allOf(snapshot.portions(numbers(most)))
    t.equal(rows.length, most)
    if (most > 0) t.strictSame(rows.at(-1), [String(most), `row ${most}`, ''])
  }
  t.strictSame(await snapshot.rows(Prisma.sql`SELECT true, ARRAY['a', ${'b'}], 1.50`), [['t', '{a,b}', '1.50']])
  await snapshot.close()
})

t.test('what changes while it is read does not show', async t => {
  const its = await world(t)
  const { id } = await anActivity(its.db)
  const booked = await aBooking(its.db, id)
  const snapshot = await snapshotsOf(t, its.url).open()
  const all = Prisma.sql`SELECT places FROM bookings WHERE activity_id = ${id}::uuid`
  t.strictSame(await snapshot.rows(all), [['1']])

  await its.db.booking.update({ where: { id: booked.id }, data: { places: 2 } })
  await aBooking(its.db, id)

  t.strictSame(await allOf(snapshot.portions(all)), [['1']])
  await snapshot.close()
})

t.test('whoever stops in the middle leaves no transaction open', async t => {
  const its = await world(t)
  const snapshots = snapshotsOf(t, its.url, 1)
  const snapshot = await snapshots.open()
  const { value } = await snapshot.portions(numbers(100_000)).next()
  t.ok(value !== undefined && value.length > 0 && value.length < 100_000, 'a portion')
  const closing = Promise.all([snapshot.close(), snapshot.close()])

  await eventually(async () => await countInTransaction(its) === 0)
  await closing
  const next = await snapshots.open()
  t.equal((await allOf(next.portions(numbers(10)))).length, 10)
  await next.close()
})

t.test('no more are open than may be', async t => {
  const snapshots = snapshotsOf(t, (await world(t)).url, 2)
  const [one, other] = [await snapshots.open(), await snapshots.open()]

  await t.rejects(snapshots.open(), new SnapshotsInUse())

  await one.close()
  await snapshots.open()
  await other.close()
  // The last one is closed with all of them.
})

t.test('a connection that breaks fails the answer, and the next has another', async t => {
  const { db, url } = await world(t)
  const snapshots = snapshotsOf(t, url, 1)
  const snapshot = await snapshots.open()
  const [[pid] = []] = await snapshot.rows(Prisma.sql`SELECT pg_backend_pid()`)
  // More than the network keeps for a reader, or all of it has left already.
  const portions = snapshot.portions(numbers(1_000_000))
  await portions.next()

  await db.$executeRaw`SELECT pg_terminate_backend(${Number(pid)}::int)`

  await t.rejects(allOf(portions).catch((error: unknown) => { throw isDatabaseAway(error) ? new Error('away') : error }), /away/)
  await snapshot.close()
  const next = await snapshots.open()
  t.strictSame(await next.rows(Prisma.sql`SELECT 1`), [['1']])
  await next.close()
})

t.test('a snapshot cannot write, and its limits are its own', async t => {
  const { url } = await world(t)
  const snapshots = snapshotsOf(t, url, 1)
  const snapshot = await snapshots.open()
  const limit = Prisma.sql`SHOW statement_timeout`

  t.strictSame(await snapshot.rows(limit), [['30s']])
  await t.rejects(snapshot.rows(Prisma.sql`CREATE TABLE x ()`), /read-only/)
  await snapshot.close()
})

t.test('behind PgBouncer a snapshot is read whole, and leaves its limits on no connection', withPgBouncer, async t => {
  const { url } = await world(t)
  const snapshots = snapshotsOf(t, await aPgBouncer(t, url))
  const [one, other] = [await snapshots.open(), await snapshots.open()]

  const [ones, others] = await Promise.all([allOf(one.portions(numbers(3_000))), allOf(other.portions(numbers(2_000)))])

  t.strictSame([ones.length, others.length], [3_000, 2_000])
  await Promise.all([one.close(), other.close()])
  const pool = await snapshots.open()
  t.strictSame(await pool.rows(Prisma.sql`SELECT reset_val FROM pg_settings WHERE name = 'statement_timeout'`), [['0']])
  await pool.close()
})
