import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { DatabaseUnusable } from './errors.ts'
import { letServe } from './service-role.ts'
import { hasRelation, isInPlace } from './unrecorded.ts'

export interface MigrateRequest {
  /** Folder of the migrations; ours by default. */
  folder?: string
  log?: Log
  /** How long other users of the database may block one migration. */
  timeoutMs?: number
  /** Names of those to apply, for a restore, which alone may change a database that is not restored to its end. */
  only?: readonly string[]
  isRestoring?: boolean
  /** The role that serves, if another one than migrates: it may read and write rows, and nothing else. */
  serviceRole?: string | undefined
}

interface Log { warn: (message: string) => void }

interface Migration { name: string, script: string }

const ourMigrations = fileURLToPath(new URL('../../../prisma/migrations', import.meta.url))

/** A schema that a database has from the beginning of its restore to the end. */
export const restoreSchema = 'placekeeper_restore'

/** Key of the advisory lock held while migrating. */
const migrating = 8_160_417

/**
 * While a script waits for a table, everyone else who wants that table waits behind it: it gives up soon, lets them
 * pass and tries again.
 */
const lockTimeoutMs = 3_000
const pauseMs = 1_000

/** PostgreSQL's `lock_not_available`. */
const lockTimedOut = '55P03'

/** PostgreSQL's `insufficient_privilege`. */
const notPermitted = '42501'

/** Prisma's own table, as its engine makes it, so that its tools can read which migrations we applied. */
const recordTable = `
  CREATE TABLE _prisma_migrations (
    id VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum VARCHAR(64) NOT NULL,
    finished_at TIMESTAMPTZ,
    migration_name VARCHAR(255) NOT NULL,
    logs TEXT,
    rolled_back_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`

/**
 * Brings a database up to date, including the queue's tables, and returns the names of the migrations applied.
 *
 * Safe to run twice, in parallel, and to be killed at any moment: a migration and its record are one transaction, under
 * a lock that ends with it, so either both are there or neither. A session's lock would outlive its owner if a pooler
 * (PgBouncer in transaction mode) keeps the session. Afterwards neither web nor worker needs the right to change
 * tables, and `serviceRole` has none; on a database that is up to date it may call this, too.
 */
export async function migrate (
  url: string,
  {
    folder = ourMigrations, log = { warn () {} }, timeoutMs = 300_000, only, isRestoring = false, serviceRole
  }: MigrateRequest = {}
): Promise<string[]> {
  const migrations = (await readMigrations(folder)).filter(({ name }) => only?.includes(name) ?? true)
  const client = await connectTo(url)
  try {
    await assertRecent(client)
    await assertUnicode(client)
    if (!isRestoring) await assertRestored(client)
    const recorded = await listRecorded(client)
    const applied: string[] = []
    const due = migrations.filter(({ name }) => !recorded.includes(name))
    if (due.length > 0) await assertMayChange(client)
    for (const { name, script } of due) {
      await inTurn(client, `Migration ${name}`, { log, timeoutMs }, async () => {
        if ((await listRecorded(client)).includes(name)) return
        await apply(client, { name, script })
        applied.push(name)
      })
    }
    await inTurn(client, 'The queue’s migration', { log, timeoutMs }, async () => { await installQueue(client) })
    if (serviceRole !== undefined) {
      await inTurn(client, 'What the service may do', { log, timeoutMs }, async () => { await letServe(client, serviceRole) })
    }
    return applied
  } finally {
    await client.end()
  }
}

/** Names of the migrations that this version knows. */
export async function listMigrations (): Promise<string[]> {
  return (await readMigrations(ourMigrations)).map(({ name }) => name)
}

async function readMigrations (folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter(entry => entry.isDirectory()).map(entry => entry.name).sort()
  return await Promise.all(names.map(async name =>
    ({ name, script: await readFile(join(folder, name, 'migration.sql'), 'utf8') })))
}

async function connectTo (url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {}) // The query under way rejects as well.
  try {
    await client.connect()
    return client
  } catch (error) {
    const { errors: [cause] = [error] } = error as AggregateError
    throw new DatabaseUnusable(
      `The database ${client.database} on ${client.host}:${client.port} cannot be reached: ${(cause as Error).message}.`)
  }
}

async function assertRecent (client: pg.Client): Promise<void> {
  const { rows: [{ version, number }] } = await client.query(
    'SELECT current_setting(\'server_version\') AS version, current_setting(\'server_version_num\')::int AS number')
  if (number < 150_000) {
    throw new DatabaseUnusable(`The database server is PostgreSQL ${version}, and placekeeper needs 15 or later.`)
  }
}

/**
 * Names can be in every script, and are found regardless of accents: other encodings store bytes, or too few
 * characters.
 */
async function assertUnicode (client: pg.Client): Promise<void> {
  const { rows: [{ encoding }] } = await client.query('SELECT current_setting(\'server_encoding\') AS encoding')
  if (encoding !== 'UTF8') {
    throw new DatabaseUnusable(`The database ${client.database} has the encoding ${encoding}, and placekeeper needs UTF8: ` +
      `make it with CREATE DATABASE ${client.database} TEMPLATE template0 ENCODING 'UTF8'.`)
  }
}

/** Of what was restored in part nothing is shown to anyone, and nobody is written to. */
async function assertRestored (client: pg.Client): Promise<void> {
  const { rows: [{ found }] } = await client.query('SELECT to_regnamespace($1) IS NOT NULL AS found', [restoreSchema])
  if (found === true) {
    throw new DatabaseUnusable(`The database ${client.database} is being restored, or its restore was broken off. ` +
      'In that case restore into a new one.')
  }
}

async function assertMayChange (client: pg.Client): Promise<void> {
  const { rows: [{ may }] } = await client.query("SELECT has_schema_privilege(current_schema(), 'CREATE') AS may")
  if (!may) throw mayNotChange(`it is not up to date, and ${client.user} may not change its tables`)
}

function mayNotChange (reason: string): DatabaseUnusable {
  return unmigrated(`${reason}. Run npm run migrate with a MIGRATE_DATABASE_URL that names their owner`)
}

async function listRecorded (client: pg.Client): Promise<string[]> {
  if (!await hasRecords(client)) return []
  const { rows } = await client.query(
    'SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL')
  return rows.map(({ migration_name: name }) => name)
}

async function hasRecords (client: pg.Client): Promise<boolean> {
  return await hasRelation(client, '_prisma_migrations')
}

/** Does one piece of work in one transaction when it is this process's turn; retries until nothing blocks it. */
async function inTurn (
  client: pg.Client, what: string, { log, timeoutMs }: Required<Pick<MigrateRequest, 'log' | 'timeoutMs'>>, work: () => Promise<void>
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (true) {
    let inTheWay = 'another process is bringing the database up to date'
    try {
      await begin(client)
      inTheWay = 'something else uses its tables (a backup, a query by hand, an older process)'
      await work()
      await client.query('COMMIT')
      return
    } catch (error) {
      await client.query('ROLLBACK').catch(() => {}) // Without a connection there is nothing to roll back.
      if ((error as pg.DatabaseError).code !== lockTimedOut) throw error
      if (performance.now() > deadline) {
        throw new DatabaseUnusable(`${what} cannot be applied: for ${timeoutMs / 1000} s ${inTheWay}.`)
      }
      log.warn(`${what} waits: ${inTheWay}.`)
    }
    await delay(pauseMs)
  }
}

/**
 * Begins a transaction that excludes all others of its kind, in a database that is ours or empty. The statement timeout
 * is meant for the service, and a pooler may have left it on this connection: a script has no time limit.
 */
async function begin (client: pg.Client): Promise<void> {
  await client.query('BEGIN')
  await client.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}; SET LOCAL statement_timeout = 0`)
  await client.query('SELECT pg_advisory_xact_lock($1)', [migrating])
  if (await hasRecords(client)) return
  const { rowCount } = await client.query(`
    SELECT FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e') LIMIT 1`)
  if (rowCount !== 0) throw unmigrated('it holds something else already: give placekeeper a database of its own')
  await client.query(recordTable).catch(error => { throw unmigrated(error.message) })
}

async function apply (client: pg.Client, { name, script }: Migration): Promise<void> {
  await run(client, { name, script })
  await client.query(
    'UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = $1 AND rolled_back_at IS NULL', [name])
  await client.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
      VALUES (gen_random_uuid(), $1, $2, now(), clock_timestamp(), 1)`,
    [createHash('sha256').update(script).digest('hex'), name])
}

/**
 * Sent whole, so that PostgreSQL separates the statements: bodies of functions contain semicolons. If a killed process
 * had sent the same script and PostgreSQL has run it meanwhile, ours fails and is no longer needed.
 */
async function run (client: pg.Client, { name, script }: Migration): Promise<void> {
  await client.query('SAVEPOINT script')
  try {
    await client.query(script)
  } catch (error) {
    const { code, message } = error as pg.DatabaseError
    if (code === lockTimedOut) throw error
    const isThere = await client.query('ROLLBACK TO SAVEPOINT script').then(async () =>
      await isInPlace(client, name), () => false)
    if (!isThere) throw new DatabaseUnusable(`Migration ${name} cannot be applied: ${message.replace(/\.$/, '')}.`)
  }
}

/**
 * Supervises, schedules and works on nothing: pg-boss makes or updates its tables and leaves. It does so in a
 * transaction with a lock of its own, which ends ours; but only ours keeps two of them apart, because pg-boss looks
 * before it waits for its own, and what it then makes "if it does not exist" may exist.
 */
async function installQueue (client: pg.Client): Promise<void> {
  const boss = new PgBoss({
    db: { executeSql: async (text, values) => await client.query(text, values) },
    supervise: false,
    schedule: false
  })
  boss.on('error', () => {}) // What matters rejects.
  try {
    await boss.start()
  } catch (error) {
    const { code, message } = error as pg.DatabaseError
    if (code === notPermitted) throw mayNotChange(message)
    throw code === lockTimedOut ? error : unmigrated(message)
  } finally {
    await boss.stop({ graceful: false })
  }
}

function unmigrated (reason: string): DatabaseUnusable {
  return new DatabaseUnusable(`The database cannot be migrated: ${reason.replace(/\.$/, '')}.`)
}
