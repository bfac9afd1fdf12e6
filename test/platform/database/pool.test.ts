// Subject: the database.
import pg from 'pg'
import t from 'tap'
import { isDatabaseAway } from '../../../src/platform/database/errors.ts'
import { timeouts as usualPolicy, poolOf } from '../../../src/platform/database/pool.ts'
import { world } from '../../support/world.ts'

const timeouts = { ...usualPolicy, idleInTransactionMs: 300, statementMs: 400, answerMs: 500 }
const longPolicy = { ...usualPolicy, idleInTransactionMs: 5_000, statementMs: 5_000, answerMs: 500 }

async function isAway (asking: Promise<unknown>): Promise<boolean> {
  return await asking.then(() => false, isDatabaseAway)
}

t.test('an answer that comes too late leaves no connection in the middle of a transaction', async t => {
  const { url } = await world(t)
  const pool = new pg.Pool(poolOf(url, { connections: 1, timeouts: longPolicy }))
  pool.on('error', () => {})
  t.teardown(async () => { await pool.end() })

  // As Prisma does: a transaction whose ROLLBACK also fails goes back to the pool without an error.
  const client = await pool.connect()
  await client.query('BEGIN')
  t.ok(await isAway(client.query('SELECT pg_sleep(1)')))
  t.ok(await isAway(client.query('ROLLBACK')))
  client.release()

  const next = await pool.connect()
  await next.query('SELECT 1')
  t.equal(next.getTransactionStatus(), 'I')
  next.release()
})

t.test('no plan is compiled, which takes longer than what we ask', async t => {
  const { db } = await world(t)

  t.strictSame(await db.$queryRaw`SELECT current_setting('jit') AS jit`, [{ jit: 'off' }])
})

t.test('a transaction that asks for nothing more is ended by the server, and its locks with it', async t => {
  const { url } = await world(t)
  const pool = new pg.Pool(poolOf(url, { connections: 3, timeouts }))
  pool.on('error', () => {})
  t.teardown(async () => { await pool.end() })
  const [forgotten, waiting] = [await pool.connect(), await pool.connect()]
  await forgotten.query('BEGIN; SELECT pg_advisory_xact_lock(1)')

  await waiting.query('SELECT pg_advisory_lock(1)')

  t.ok(await isAway(forgotten.query('COMMIT')))
  t.ok(await isAway(pool.query('SELECT pg_advisory_lock(1)')), 'nobody waits longer than that for a lock that is kept')
  forgotten.release()
  waiting.release()
})

t.test('a connection that is ended while nobody listens ends no process', async t => {
  const { url } = await world(t)
  const pool = new pg.Pool(poolOf(url, { connections: 2, timeouts }))
  pool.on('error', () => {})
  t.teardown(async () => { await pool.end() })
  const client = await pool.connect()
  const { rows: [{ pid }] } = await client.query('SELECT pg_backend_pid() AS pid')

  const ended = new Promise(resolve => { client.once('end', resolve as () => void) })
  await pool.query('SELECT pg_terminate_backend($1)', [pid])
  await ended

  t.ok(await isAway(client.query('SELECT 1')))
  client.release()
})

t.test('what is sent often is planned once for each connection, and what is sent seldom leaves no plan behind', async t => {
  const { url } = await world(t)
  const pool = new pg.Pool(poolOf(url, { connections: 1 }))
  t.teardown(async () => { await pool.end() })

  for (let n = 0; n < 100; n++) await pool.query({ text: 'SELECT $1::int + 1 AS often', values: [n] })
  await pool.query({ text: 'SELECT $1::int + 2 AS seldom', values: [1] })
  for (let n = 0; n < 100; n++) await pool.query('SELECT 3 AS plain')

  t.strictSame(await plannedOn(pool), ['SELECT $1::int + 1 AS often'])
  t.match(await pool.query({ text: 'SELECT $1::int + 1 AS often', values: [41] }), { rows: [{ often: 42 }] })
})

t.test('where a table gets another column meanwhile, one statement fails and the next is answered', async t => {
  const { url } = await world(t)
  const pool = new pg.Pool(poolOf(url, { connections: 1 }))
  pool.on('error', () => {})
  t.teardown(async () => { await pool.end() })
  await pool.query('CREATE TEMP TABLE notes (a int)')
  const one = { text: 'SELECT * FROM notes WHERE a = $1', values: [1] }
  for (let n = 0; n < 60; n++) await pool.query(one)
  t.strictSame(await plannedOn(pool), [one.text])

  const client = await pool.connect()
  await client.query('ALTER TABLE notes ADD COLUMN b int')
  await t.rejects(client.query(one), { message: 'cached plan must not change result type' })

  t.match(await client.query(one), { fields: [{ name: 'a' }, { name: 'b' }] })
  client.release()
})

t.test('what is asked at once on one connection, as Prisma does in a transaction, is asked one after another', async t => {
  const { url } = await world(t)
  const pool = new pg.Pool(poolOf(url, { connections: 1 }))
  t.teardown(async () => { await pool.end() })
  const warnings: string[] = []
  const listen = ({ message }: Error) => { warnings.push(message) }
  process.on('warning', listen)
  t.teardown(() => { process.off('warning', listen) })
  const client = await pool.connect()

  const [failed, ...answers] = await Promise.allSettled(
    [0, 1, 2, 3].map(async n => await client.query({ text: 'SELECT 6 / $1::int AS n', values: [n] })))

  t.match(failed, { status: 'rejected', reason: { message: 'division by zero' } })
  t.match(answers.map(answer => answer.status === 'fulfilled' ? answer.value.rows : answer.reason as unknown), [[{ n: 6 }], [{ n: 3 }], [{ n: 2 }]])
  t.strictSame(warnings, [], 'the driver, whose next version refuses this, warns of nothing')
  client.release()
})

/** The statements that the one connection of a pool has planned. */
async function plannedOn (pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query<{ statement: string }>('SELECT statement FROM pg_prepared_statements')
  return rows.map(({ statement }) => statement)
}
