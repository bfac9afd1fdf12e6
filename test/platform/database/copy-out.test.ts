// Subject: the database.
import assert from 'node:assert'
import type { Socket } from 'node:net'
import fc from 'fast-check'
import pg from 'pg'
import t from 'tap'
import type { Test } from 'tap'
import { CopyOut } from '../../../src/platform/database/copy-out.ts'
import { Prisma } from '../../../src/platform/database/generated/client.ts'
import { eventually } from '../../support/running-service.ts'
import { world } from '../../support/world.ts'

const longestMs = 60_000

async function connected (t: Test) {
  const { db, url } = await world(t)
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  t.teardown(async () => { await client.end() })
  const ask = (query: Prisma.Sql) => client.query(new CopyOut(query, { longestMs }))
  return { db, client, ask }
}

async function allOf (answer: CopyOut): Promise<string[][]> {
  const all: string[][] = []
  for (;;) {
    const rows = await answer.next(longestMs)
    if (rows === undefined) return all
    all.push(...rows)
  }
}

/** Texts with what means something to COPY, to SQL or to an array. */
const marks = fc.constantFrom(
  '\t', '\n', '\r', '\b', '\f', '\v', '\\', '\\.', '\\N', 'N', "'", '"', '{', '}', ',', '$1', '\u001F', 'é', '🙂', 'a')
const text = fc.oneof(fc.string({ unit: marks, maxLength: 6 }), fc.string({ unit: 'grapheme', maxLength: 6 }))
  .filter(text => !text.includes('\0') && text.isWellFormed())

t.test('any text comes back as it was, also what a query is given', async t => {
  const { ask } = await connected(t)

  await fc.assert(fc.asyncProperty(text, fc.array(text, { maxLength: 4 }), async (one, several) => {
    const rows = await allOf(ask(Prisma.sql`
      SELECT ${one}::text, given, ${null}::text, ${7}::int, ${true}::boolean FROM unnest(${several}::text[]) WITH ORDINALITY AS s (given, n) ORDER BY n`))
    assert.deepStrictEqual(rows, several.map(given => [one, given, '', '7', 't']))
  }), { numRuns: 60 })
})

t.test('while nobody takes the rows the server waits, little has arrived, and no row is another afterwards', async t => {
  const { db, client, ask } = await connected(t)
  const { stream } = (client as unknown as { connection: { stream: Socket } }).connection
  const before = stream.bytesRead
  const answer = ask(Prisma.sql`SELECT n, repeat('x', 1000 + n % 7) FROM generate_series(1, 40000) AS n`)
  const rows = await answer.next(longestMs) ?? []

  let waits = 0
  await eventually(async () => {
    const [{ n } = { n: 0 }] = await db.$queryRaw<Array<{ n: number }>>`
      SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE datname = current_database() AND query LIKE 'COPY%' AND state = 'active' AND wait_event = 'ClientWrite'`
    waits = n === 1 ? waits + 1 : 0
    return waits === 6
  })

  const arrived = stream.bytesRead - before
  t.ok(arrived <= 4 * 65_536, `${arrived} bytes are held`)
  rows.push(...await allOf(answer))
  t.equal(rows.length, 40_000)
  t.strictSame(rows.filter(([n, text = ''], at) => Number(n) !== at + 1 || text !== 'x'.repeat(1000 + (at + 1) % 7)), [])
})

t.test('however much has arrived, it is handed over in small portions of whole rows, and a long row alone', async t => {
  const { ask } = await connected(t)
  const answer = ask(Prisma.sql`SELECT repeat('x', CASE n WHEN 500 THEN 100000 ELSE 999 END) FROM generate_series(1, 2000) AS n`)

  const portions: string[][][] = []
  for (;;) {
    const rows = await answer.next(longestMs)
    if (rows === undefined) break
    portions.push(rows)
  }

  t.strictSame(portions.flat().map(([cell = '']) => cell.length), Array.from({ length: 2000 }, (_, n) => n === 499 ? 100_000 : 999))
  const sizes = portions.filter(rows => rows.every(([cell]) => cell?.length === 999)).map(rows => rows.length * 1000)
  t.ok(Math.max(...sizes) < 17_500, `${Math.max(...sizes)} bytes at once`)
})

t.test('an answer of which nothing comes is given up', async t => {
  const { ask } = await connected(t)

  await t.rejects(ask(Prisma.sql`SELECT pg_sleep(600)`).next(50), /Query read timeout/)
})

t.test('a query that fails after its first rows fails, and the next one does not', async t => {
  const { client, ask } = await connected(t)

  await t.rejects(allOf(ask(Prisma.sql`SELECT 1 / (5000 - n) FROM generate_series(1, 10000) AS n`)), /division by zero/)
  t.strictSame(await allOf(ask(Prisma.sql`SELECT 1`)), [['1']])
  t.strictSame((await client.query('SELECT 2 AS n')).rows, [{ n: 2 }])
})
