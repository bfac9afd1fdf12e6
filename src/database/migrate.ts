import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { DatabaseUnusable } from './errors.ts'
import { ScriptFailed, withSchemaEngine } from './schema-engine.ts'

const ourMigrations = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))

/** Key of the advisory lock that whoever migrates holds. */
const migrating = 8_160_417

/**
 * Brings a database up to date, the queue's tables with it, and gives the names of the migrations applied.
 *
 * Safe to run twice and side by side: a second run waits for the first and finds nothing to do. Each
 * migration is one transaction, so one that fails leaves nothing behind and is tried again next time; the
 * ones before it stay. Afterwards neither web nor worker needs the right to change tables.
 */
export async function migrate (url: string, folder = ourMigrations): Promise<string[]> {
  const migrations = await readMigrations(folder)
  const client = await connectTo(url)
  try {
    await assertRecent(client)
    await assertUnicode(client)
    await client.query('SELECT pg_advisory_lock($1)', [migrating])
    const applied = await apply(url, migrations)
    await installQueue(url)
    return applied
  } finally {
    await client.end()
  }
}

async function readMigrations (folder: string): Promise<MigrationList> {
  const entries = await readdir(folder, { withFileTypes: true })
  const names = entries.filter(entry => entry.isDirectory()).map(entry => entry.name).sort()
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"' },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(names.map(async path => {
      const value = await readFile(join(folder, path, 'migration.sql'), 'utf8')
      return { path, migrationFile: { path: 'migration.sql', content: { tag: 'ok' as const, value } } }
    }))
  }
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

/** Names are in every script, and found whatever their accents: other encodings keep bytes, or too few letters. */
async function assertUnicode (client: pg.Client): Promise<void> {
  const { rows: [{ encoding }] } = await client.query('SELECT current_setting(\'server_encoding\') AS encoding')
  if (encoding !== 'UTF8') {
    throw new DatabaseUnusable(`The database ${client.database} has the encoding ${encoding}, and placekeeper needs UTF8: ` +
      `make it with CREATE DATABASE ${client.database} TEMPLATE template0 ENCODING 'UTF8'.`)
  }
}

async function apply (url: string, migrationsList: MigrationList): Promise<string[]> {
  const request = { migrationsList, filters: { externalTables: [], externalEnums: [] } }
  const listFailed = async (engine: SchemaEngine) =>
    (await engine.diagnoseMigrationHistory({ ...request, optInToShadowDatabase: false })).failedMigrationNames
  try {
    return await withSchemaEngine(url, async engine => {
      for (const migrationName of await listFailed(engine)) await engine.markMigrationRolledBack({ migrationName })
      return (await engine.applyMigrations(request)).appliedMigrationNames
    })
  } catch (error) {
    const { name: kind, message } = error as Error
    // The engine's own refusals, such as of a database that holds something else; a trace of its insides follows.
    if (kind === 'SchemaConnectorError') throw unmigrated(message.replace(/^ERROR: /, '').split('\n')[0])
    if (!(error instanceof ScriptFailed)) throw error
    const [name] = await withSchemaEngine(url, listFailed)
    if (name === undefined) throw unmigrated(error.message)
    throw new DatabaseUnusable(`Migration ${name} cannot be applied: ${error.message}.`)
  }
}

/** Nothing is supervised, scheduled or worked on: pg-boss makes or brings up to date its tables and leaves. */
async function installQueue (url: string): Promise<void> {
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false })
  boss.on('error', () => {}) // What matters rejects.
  try {
    await boss.start()
  } catch (error) {
    throw unmigrated((error as Error).message)
  } finally {
    await boss.stop({ graceful: false })
  }
}

function unmigrated (reason = ''): DatabaseUnusable {
  return new DatabaseUnusable(`The database cannot be migrated: ${reason.replace(/\.$/, '')}.`)
}
