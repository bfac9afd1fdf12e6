// Subject: the database.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import t from 'tap'
import type { Test } from 'tap'
import { DatabaseUnusable } from '../../../src/platform/database/errors.ts'
import { migrate } from '../../../src/platform/database/migrate.ts'
import { aDatabase } from '../../support/a-database.ts'
import type { Database } from '../../support/a-database.ts'
import { eventually, runService } from '../../support/running-service.ts'
import { withSchemaEngine } from '../../support/schema-engine.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const migrations = join(import.meta.dirname, '../../../prisma/migrations')
/** Migrations that were once recorded separately from their scripts. */
const early = readdirSync(migrations).filter(name => /^000[1-7]_/.test(name)).sort()
const seventh = '0007_the_organisers_side'

/** The database of the version before the seventh migration, which the tests copy. */
const before = await aDatabase(t)
await migrate(before.url, { folder: upTo('0006_finding_in_the_trail') })
await before.client.end()

t.test('a service that is asked to stop while it migrates exits with 0, and the next start succeeds', async t => {
  const { url, client } = await aDatabase(t, `TEMPLATE ${before.name}`)
  const lock = await lockOn(t, url, 'bookings')
  const first = await runService(t, { DATABASE_URL: url, LOG_LEVEL: 'silent' }, false)
  await eventually(async () => await countWaiting(client) === 1)

  t.equal(await first.end('SIGTERM'), 0)
  await lock.end()
  const next = await runService(t, { DATABASE_URL: url, LOG_LEVEL: 'silent' })

  t.equal((await fetch(next.url)).status, 200)
  t.strictSame(await recordsOf(client, seventh), ['finished'])
})

t.test('a migration that is killed while it waits for a lock, early, late or for its record, is applied by the next', async t => {
  await Promise.all(['bookings', 'activities', '_prisma_migrations'].map(async table => {
    const { url, client } = await aDatabase(t, `TEMPLATE ${before.name}`)
    const lock = await lockOn(t, url, table)
    const child = spawn(process.execPath, ['--input-type=module', '--eval', `
      import { migrate } from ${JSON.stringify(import.meta.resolve('../../../src/platform/database/migrate.ts'))}
      await migrate(${JSON.stringify(url)})`], { stdio: 'inherit' })
    await eventually(async () => await countWaiting(client) === 1)

    child.kill('SIGKILL')
    await once(child, 'exit')
    const next = migrate(url)
    await eventually(async () => await countWaiting(client) > 0)
    await lock.end()

    t.equal((await next)[0], seventh, `killed while it waits for ${table}`)
    t.strictSame(await recordsOf(client, seventh), ['finished'])
  }))
})

t.test('a script that was committed without its record is recorded, whichever it is and however often a start failed', async t => {
  const [committed, lost] = await Promise.all([emptyWithRecords(t), emptyWithRecords(t)])
  for (const name of early) {
    await committed.client.query(scriptOf(name))
    for (const { client } of [committed, lost]) {
      await begin(client, name)
      await client.query('UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL')
      await begin(client, name)
    }
    const folder = upTo(name)

    t.strictSame(await migrate(committed.url, { folder }), [name])
    t.strictSame(await migrate(lost.url, { folder }), [name], 'and one that was not committed is applied')
    for (const { client } of [committed, lost]) {
      t.strictSame(await recordsOf(client, name), ['rolled back', 'rolled back', 'finished'])
    }
  }
  for (const { client } of [committed, lost]) {
    t.equal((await client.query('SELECT FROM support_contacts')).rowCount, 7, 'each helpline once')
  }
})

t.test('a script that a killed process had sent, and that is committed while the next start waits, is recorded', async t => {
  const { url, client } = await aDatabase(t, `TEMPLATE ${before.name}`)
  await begin(client, seventh)
  const lock = await lockOn(t, url, 'bookings')
  const orphan = await connected(t, url)
  const script = orphan.query(scriptOf(seventh))
  await eventually(async () => await countWaiting(client) === 1)
  const next = migrate(url)
  await eventually(async () => await countWaiting(client) === 2)

  await lock.end()
  await script

  t.equal((await next)[0], seventh)
  t.strictSame(await recordsOf(client, seventh), ['rolled back', 'finished'])
})

t.test('a migration that waits for a table lets others have it meanwhile, says so, and gives up in a sentence', async t => {
  const { url, client } = await aDatabase(t, `TEMPLATE ${before.name}`)
  const backup = await connected(t, url)
  await backup.query('BEGIN; LOCK TABLE bookings IN ACCESS SHARE MODE')
  const warnings: string[] = []
  const migrating = migrate(url, { log: { warn (message) { warnings.push(message) } }, timeoutMs: 4_000 })
  let isOver = false
  void migrating.catch(() => { isOver = true })
  const refused = t.rejects(migrating, {
    constructor: DatabaseUnusable,
    message: `Migration ${seventh} cannot be applied: for 4 s something else uses its tables (a backup, a query by hand, an older process).`
  })
  await eventually(async () => await countWaiting(client) === 1)

  await client.query('UPDATE bookings SET name = name')

  t.equal(isOver, false, 'while it still tries')
  await refused
  t.equal(warnings[0], `Migration ${seventh} waits: something else uses its tables (a backup, a query by hand, an older process).`)
  t.strictSame(await recordsOf(client, seventh), [])
})

/** An empty database in which Prisma's engine has made its own table. */
async function emptyWithRecords (t: Test): Promise<Database> {
  const database = await aDatabase(t)
  await withSchemaEngine(database.url, async engine => await engine.applyMigrations({
    migrationsList: {
      baseDir: migrations,
      lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"' },
      shadowDbInitScript: '',
      migrationDirectories: []
    },
    filters: { externalTables: [], externalEnums: [] }
  }))
  return database
}

/** Records the start of a migration as the former engine did. */
async function begin (client: pg.Client, name: string): Promise<void> {
  await client.query(
    'INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES (gen_random_uuid(), \'\', $1)', [name])
}

function scriptOf (name: string): string {
  return readFileSync(join(migrations, name, 'migration.sql'), 'utf8')
}

async function connected (t: Test, url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {}) // A test that fails drops the database under it.
  await client.connect()
  t.teardown(async () => { await client.end() })
  return client
}

async function lockOn (t: Test, url: string, table: string): Promise<pg.Client> {
  const client = await connected(t, url)
  await client.query(`BEGIN; LOCK TABLE ${table} IN SHARE MODE`)
  return client
}

/** Number of connections that wait for a lock on a table. */
async function countWaiting (client: pg.Client): Promise<number> {
  const { rows: [{ n }] } = await client.query(`
    SELECT count(*)::int AS n FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'relation'`)
  return n
}

async function recordsOf (client: pg.Client, name: string): Promise<string[]> {
  const { rows } = await client.query(`
    SELECT CASE WHEN rolled_back_at IS NOT NULL THEN 'rolled back' WHEN finished_at IS NULL THEN 'begun' ELSE 'finished' END AS stands
    FROM _prisma_migrations WHERE migration_name = $1 ORDER BY started_at`, [name])
  return rows.map(({ stands }) => stands)
}

/** A folder with the migrations up to `last`. */
function upTo (last: string): string {
  const folder = temporaryFolder(t)
  for (const name of readdirSync(migrations).filter(name => /^\d/.test(name) && name <= last)) {
    cpSync(join(migrations, name), join(folder, name), { recursive: true })
  }
  return folder
}
