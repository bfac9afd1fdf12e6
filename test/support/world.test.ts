import pg from 'pg'
import t from 'tap'
import type { Test } from 'tap'
import { content } from './changes.ts'
import { eventually } from './running-service.ts'
import { aBooking, anActivity, world } from './world.ts'
import type { World } from './world.ts'

/** What a test finds and does in its database; returns whether the test before had the same one. */
async function use (t: Test, act: (world: World) => Promise<unknown>): Promise<string> {
  let url = ''
  await t.test(async t => {
    const its = await world(t)
    url = its.url
    await act(its)
  })
  return url
}

t.test('the next test has the database of the last, with nothing in it that the migrations did not put there', async t => {
  let [asMade, later]: unknown[] = []
  const first = await use(t, async its => {
    asMade = await content(its)
    const { id } = await anActivity(its.db)
    const { id: bookingId, arrival } = await aBooking(its.db, id)
    t.equal(arrival, 1n)
    await its.db.$transaction(async tx => { await its.outbox.announce(tx, 'booking.confirmed', [{ bookingId, sequence: 0 }]) })
    await its.db.supportContact.deleteMany()
  })
  const second = await use(t, async its => {
    later = await content(its)
    t.equal((await aBooking(its.db, (await anActivity(its.db)).id)).arrival, 1n, 'numbers begin again')
  })

  t.equal(second, first)
  t.strictSame(later, asMade)
})

t.test('a test asks the tests’ own server by its socket', { skip: process.env.TEST_DATABASE_URL !== undefined }, async t => {
  const { db, url } = await world(t)
  const [asked] = await db.$queryRaw<unknown[]>`SELECT inet_client_addr() IS NULL AS "bySocket"`

  t.strictSame(asked, { bySocket: true })
  t.equal(new URL(url).hostname, '127.0.0.1', 'what a test hands on names the port')
})

for (const [how, sql] of Object.entries({
  'defines something': 'CREATE TABLE notes (at timestamptz)',
  'alters something': 'ALTER TABLE campaigns ALTER COLUMN title DROP NOT NULL',
  'drops something': 'DROP INDEX activities_campaign_id_starts_at_idx'
})) {
  t.test(`a test that ${how} keeps its database to itself`, async t => {
    const first = await use(t, async ({ asOwner }) => { await asOwner(sql) })
    const second = await use(t, async () => {})

    t.not(second, first)
  })
}

t.test('a test that goes away while the server still answers keeps its database to itself', async t => {
  const first = await use(t, async ({ db, url }) => {
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    client.query('SELECT pg_sleep(600)').catch(() => {})
    await eventually(async () => (await db.$queryRaw<unknown[]>`
      SELECT FROM pg_stat_activity WHERE datname = current_database() AND query = 'SELECT pg_sleep(600)'`).length === 1)
    await client.end()
  })
  const second = await use(t, async () => {})

  t.not(second, first)
})

t.test('a test whose worker is still there keeps its database to itself', async t => {
  const first = await use(t, async ({ boss }) => { await boss.work('place.freed', async () => {}) })
  const second = await use(t, async () => {})

  t.not(second, first)
})
