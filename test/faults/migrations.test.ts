// Subject: the database.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import t from 'tap'
import type { Test } from 'tap'
import { aDatabase } from '../support/a-database.ts'
import { isWhole } from '../support/depth.ts'

const folder = join(import.meta.dirname, '../../prisma/migrations')
const names = readdirSync(folder).filter(name => /^\d/.test(name)).sort()
const scriptOf = (name: string) => readFileSync(join(folder, name, 'migration.sql'), 'utf8')

/** The last migration before this rule existed. Nobody had a million bookings then. */
const lastWithoutRule = '0053_the_trail_is_forgotten_by_its_owner'
const bound = names.filter(name => name > lastWithoutRule)

/** Bookings there are, each with a row of its history; a million take minutes to make. */
const bookings = isWhole ? 1_000_000 : 2_000

const client = await aFullDatabase(t)

t.test('what would hold up those who book is found', async t => {
  for (const [sql, found] of [
    ['ALTER TABLE booking_events ALTER COLUMN places TYPE bigint', 'booking_events is written anew'],
    ['ALTER TABLE bookings ADD COLUMN word uuid DEFAULT gen_random_uuid()', 'bookings is written anew'],
    ['UPDATE bookings SET places = 1', 'each row of bookings is changed'],
    ['CREATE INDEX by_name ON bookings (name)', 'each row of bookings is read under a lock'],
    ['ALTER TABLE booking_events ADD CONSTRAINT few CHECK (places > 0)', 'each row of booking_events is read under a lock'],
    ['ALTER TABLE bookings ALTER COLUMN email SET NOT NULL', 'each row of bookings is read under a lock']
  ] as const) {
    t.match(await holdsUp(client, sql, 'ROLLBACK'), [found], sql)
  }
  for (const sql of [
    'ALTER TABLE bookings ADD COLUMN word text',
    'ALTER TABLE bookings ADD COLUMN word text NOT NULL DEFAULT \'none\'',
    'ALTER TABLE bookings ADD CONSTRAINT few CHECK (places > 0) NOT VALID',
    'CREATE TABLE words (booking_id uuid REFERENCES bookings (id), word text); CREATE INDEX ON words (word)',
    'UPDATE campaigns SET title = slug'
  ]) {
    t.strictSame(await holdsUp(client, sql, 'ROLLBACK'), [], sql)
  }
})

t.test('no migration holds a lock for as long as it reads or writes each row of a table', async t => {
  for (const name of bound) {
    const began = performance.now()
    t.strictSame(await holdsUp(client, scriptOf(name)), [], name)
    const ms = Math.round(performance.now() - began)
    t.comment(`${name}: ${ms} ms`)
    if (isWhole) t.ok(ms < 1_000, `${name} holds its locks for less than a second at ${bookings} bookings`)
  }
})

/** A database as it was before this rule, with `bookings` bookings. */
async function aFullDatabase (t: Test): Promise<pg.Client> {
  const { client } = await aDatabase(t)
  for (const name of names.filter(name => name <= lastWithoutRule)) await client.query(scriptOf(name))
  await client.query(`
    ALTER TABLE bookings DISABLE TRIGGER USER;
    WITH campaign AS (
      INSERT INTO campaigns (slug, title, partnership) VALUES ('safe', 'Staying safe', 'Cumbria') RETURNING id
    ), activity AS (
      INSERT INTO activities (campaign_id, slug, title, kind, is_online, starts_at, ends_at, visibility, booking, capacity, status, audiences)
      SELECT id, 'workshop', 'Staying safe', 'online-workshop', true, '2026-12-01T18:00Z', '2026-12-01T18:30Z', 'public', 'places',
        1000, 'published', '{parents}' FROM campaign RETURNING id
    )
    INSERT INTO bookings (activity_id, reference, name, email, canonical_email, role, status, created_at, changed_at, confirmed_at, submission_id,
      erase_on)
    SELECT activity.id, 'R' || n, 'Anne Kirkbride', n || '@example.org', n || '@example.org', 'parent', 'confirmed', now(), now(), now(),
      gen_random_uuid(), '2027-01-01'
    FROM activity, generate_series(1, ${bookings}) AS n;
    ALTER TABLE bookings ENABLE TRIGGER USER;
    INSERT INTO booking_events (booking_id, at, activity_id, status, places, offers, called)
    SELECT id, created_at, activity_id, status, places, offers, false FROM bookings;`)
  return client
}

interface Table { name: string, file: string, read: string, changed: string, isLocked: boolean }

/** What of a script, run in one transaction as migrations are, takes longer the more bookings there are. */
async function holdsUp (client: pg.Client, script: string, end: 'COMMIT' | 'ROLLBACK' = 'COMMIT'): Promise<string[]> {
  await client.query('BEGIN')
  const before = await bigTables(client)
  await client.query(script)
  const after = await bigTables(client)
  await client.query(end)
  return after.flatMap(table => {
    const was = before.find(({ name }) => name === table.name)
    if (was === undefined) return []
    if (was.file !== table.file) return [`${table.name} is written anew`]
    if (Number(table.changed) - Number(was.changed) >= bookings) return [`each row of ${table.name} is changed`]
    return Number(table.read) - Number(was.read) >= bookings && table.isLocked ? [`each row of ${table.name} is read under a lock`] : []
  })
}

/**
 * The tables that grow with bookings, and what this session has done to them lately. A lock counts that stops those who
 * write.
 */
async function bigTables (client: pg.Client): Promise<Table[]> {
  return (await client.query(`
    SELECT relname AS name, pg_relation_filenode(relid) AS file, seq_tup_read AS read, n_tup_upd + n_tup_del AS changed,
      EXISTS (SELECT FROM pg_locks WHERE pid = pg_backend_pid() AND relation = relid
        AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')) AS "isLocked"
    FROM pg_stat_xact_user_tables WHERE relname IN ('bookings', 'booking_events') ORDER BY relname`)).rows
}
