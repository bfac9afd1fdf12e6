// Subject: the database.
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { MigrationList } from '@prisma/schema-engine-wasm'
import type pg from 'pg'
import t from 'tap'
import type { Test } from 'tap'
import { DatabaseUnusable } from '../../../src/platform/database/errors.ts'
import { migrate } from '../../../src/platform/database/migrate.ts'
import { aDatabase } from '../../support/a-database.ts'
import { newName } from '../../support/databases.ts'
import { withSchemaEngine } from '../../support/schema-engine.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const prisma = join(import.meta.dirname, '../../../prisma')

t.test('an empty database gets every migration and the queue\'s tables, and a second time nothing', async t => {
  const { url, client } = await aDatabase(t)
  const folder = someMigrations(t, { '0001_rooms': 'CREATE TABLE rooms (id int);', '0002_chairs': 'CREATE TABLE chairs (id int);' })

  t.strictSame(await migrate(url, { folder }), ['0001_rooms', '0002_chairs'])

  t.strictSame(await tables(client), ['chairs', 'job', 'rooms'])
  t.strictSame(await migrate(url, { folder }), [])
})

t.test('a database that is behind gets only what it lacks', async t => {
  const { url } = await aDatabase(t)
  const folder = someMigrations(t, { '0001_rooms': 'CREATE TABLE rooms (id int);' })
  await migrate(url, { folder })

  addMigration(folder, '0002_chairs', 'CREATE TABLE chairs (id int);')

  t.strictSame(await migrate(url, { folder }), ['0002_chairs'])
})

t.test('of four processes that migrate at once, one does each migration', async t => {
  const { url, client } = await aDatabase(t)
  const folder = someMigrations(t, {
    '0001_rooms': 'CREATE TABLE rooms (id int); SELECT pg_sleep(0.5);', '0002_chairs': 'CREATE TABLE chairs (id int);'
  })
  const first = migrate(url, { folder })
  while ((await client.query('SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = \'PgSleep\'')).rowCount === 0);

  const applied = await Promise.all([first, ...Array.from({ length: 3 }, async () => await migrate(url, { folder }))])

  t.strictSame(applied.flat().sort(), ['0001_rooms', '0002_chairs'])
  const { rows } = await client.query('SELECT migration_name, rolled_back_at FROM _prisma_migrations')
  t.strictSame(rows, [
    { migration_name: '0001_rooms', rolled_back_at: null }, { migration_name: '0002_chairs', rolled_back_at: null }
  ])
})

t.test('to Prisma\'s own engine what was applied is applied, as it stands in the files', async t => {
  const { url, client } = await aDatabase(t)
  const folder = someMigrations(t, { '0001_rooms': 'CREATE TABLE rooms (id int); -- naïve', '0002_chairs': 'CREATE TABLE chairs (id int);' })
  await migrate(url, { folder })

  const found = await withSchemaEngine(url, async engine => await engine.diagnoseMigrationHistory({
    migrationsList: listed(folder), filters: { externalTables: [], externalEnums: [] }, optInToShadowDatabase: false
  }))

  t.match(found, { history: null, failedMigrationNames: [], editedMigrationNames: [], hasMigrationsTable: true })
  addMigration(folder, '0002_chairs', 'CREATE TABLE chairs (id bigint);')
  const { editedMigrationNames } = await withSchemaEngine(url, async engine => await engine.diagnoseMigrationHistory({
    migrationsList: listed(folder), filters: { externalTables: [], externalEnums: [] }, optInToShadowDatabase: false
  }))
  t.strictSame(editedMigrationNames, ['0002_chairs'], 'and it would see that one was changed')
  const { rows } = await client.query('SELECT applied_steps_count, logs, finished_at >= started_at AS ended FROM _prisma_migrations')
  t.strictSame(rows, Array.from({ length: 2 }, () => ({ applied_steps_count: 1, logs: null, ended: true })))
})

t.test('a migration with functions, whose bodies hold semicolons, is applied', async t => {
  const { url, client } = await aDatabase(t)
  const folder = someMigrations(t, {
    '0001_answer': 'CREATE FUNCTION answer() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; RETURN 42; END $$;'
  })

  await migrate(url, { folder })

  t.strictSame((await client.query('SELECT answer()')).rows, [{ answer: 42 }])
})

t.test('a migration that fails is named, leaves nothing of itself, keeps the earlier ones and can be mended', async t => {
  const { url, client } = await aDatabase(t)
  const folder = someMigrations(t, {
    '0001_rooms': 'CREATE TABLE rooms (id int);',
    '0002_chairs': 'CREATE TABLE chairs (id int); ALTER TABLE stools ADD COLUMN legs int;',
    '0003_tables': 'CREATE TABLE tables (id int);'
  })

  for (const time of ['first', 'second']) {
    await t.rejects(migrate(url, { folder }), {
      constructor: DatabaseUnusable, message: 'Migration 0002_chairs cannot be applied: relation "stools" does not exist.'
    }, `the ${time} time`)
  }
  t.strictSame(await tables(client), ['rooms'])

  addMigration(folder, '0002_chairs', 'CREATE TABLE chairs (id int);')
  t.strictSame(await migrate(url, { folder }), ['0002_chairs', '0003_tables'])
})

t.test('a migration during which the process died is tried again', async t => {
  const { url, client } = await aDatabase(t)
  const folder = someMigrations(t, { '0001_rooms': 'CREATE TABLE rooms (id int);' })
  await migrate(url, { folder })
  addMigration(folder, '0002_chairs', 'CREATE TABLE chairs (id int);')
  await client.query(`INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at)
    VALUES ('1', '', '0002_chairs', now())`)

  t.strictSame(await migrate(url, { folder }), ['0002_chairs'])
})

t.test('a migration may take longer than a statement may where the database has a limit', async t => {
  const { name, url, client } = await aDatabase(t)
  await client.query(`ALTER DATABASE ${name} SET statement_timeout = '200ms'`)
  const folder = someMigrations(t, { '0001_rooms': 'CREATE TABLE rooms (id int); SELECT pg_sleep(0.5);' })

  t.strictSame(await migrate(url, { folder }), ['0001_rooms'])
})

t.test('a database that holds something else is left alone', async t => {
  const { url, client } = await aDatabase(t)
  await client.query('CREATE TABLE recipes (id int)')
  const folder = someMigrations(t, { '0001_rooms': 'CREATE TABLE rooms (id int);' })

  await t.rejects(migrate(url, { folder }), {
    constructor: DatabaseUnusable, message: 'The database cannot be migrated: it holds something else already: give placekeeper a database of its own.'
  })
  t.strictSame(await tables(client), ['recipes'])
})

t.test('a database user who may not make tables is told so', async t => {
  const { url, client } = await aDatabase(t)
  const folder = someMigrations(t, { '0001_rooms': 'CREATE TABLE rooms (id int);' })
  const role = newName()
  await client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'guest'`)
  const theirs = Object.assign(new URL(url), { username: role, password: 'guest' }).href
  const message = (what: string) =>
    `The database cannot be migrated: ${what}. Run npm run migrate with a MIGRATE_DATABASE_URL that names their owner.`

  await t.rejects(migrate(theirs, { folder }), { constructor: DatabaseUnusable, message: message(`it is not up to date, and ${role} may not change its tables`) })
  await client.query(`GRANT CREATE ON SCHEMA public TO ${role}`)
  await t.rejects(migrate(theirs, { folder }), {
    constructor: DatabaseUnusable, message: message(`permission denied for database ${new URL(url).pathname.slice(1)}`)
  })

  await client.query(`DROP OWNED BY ${role}`)
  await client.query(`DROP ROLE ${role}`)
})

t.test('a database that does not answer is reported without its password', async t => {
  await t.rejects(migrate('postgresql://someone:secret@127.0.0.1:1/nowhere'), {
    constructor: DatabaseUnusable,
    message: 'The database nowhere on 127.0.0.1:1 cannot be reached: connect ECONNREFUSED 127.0.0.1:1.'
  })
})

t.test('the migrations make what the schema says', async t => {
  const migrated = await aDatabase(t)
  await migrate(migrated.url)
  const modelled = await aDatabase(t)
  await modelled.client.query(await schemaAsSql(modelled.url))

  t.strictSame(await structure(migrated.client), await structure(modelled.client))
})

t.test('a command that has migrated ends at once', async t => {
  const { url } = await aDatabase(t)
  const program = `
    import { migrate } from ${JSON.stringify(import.meta.resolve('../../../src/platform/database/migrate.ts'))}
    await migrate(${JSON.stringify(url)})
    const left = new Set()
    for (let isConnected = true; isConnected;) {
      await new Promise(resolve => { setImmediate(resolve) })
      const now = process.getActiveResourcesInfo()
      now.forEach(one => left.add(one))
      isConnected = now.includes('TCPSocketWrap')
    }
    console.log([...left].join(' '))`

  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program])

  t.notMatch(stdout, 'Timeout', 'nothing for which a timer has to run out')
})

t.test('a database that cannot keep every character is refused in a sentence, and nothing is made in it', async t => {
  const { url, client } = await aDatabase(t, "TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C'")

  await t.rejects(migrate(url), /has the encoding SQL_ASCII, and placekeeper needs UTF8: make it with CREATE DATABASE/)

  const { rowCount } = await client.query("SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace")
  t.equal(rowCount, 0)
})

function someMigrations (t: Test, migrations: Record<string, string>): string {
  const folder = temporaryFolder(t)
  for (const [name, sql] of Object.entries(migrations)) addMigration(folder, name, sql)
  return folder
}

function addMigration (folder: string, name: string, sql: string): void {
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, name, 'migration.sql'), sql)
}

/** The migrations of a folder as the engine takes them. */
function listed (folder: string): MigrationList {
  return {
    baseDir: folder,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"' },
    shadowDbInitScript: '',
    migrationDirectories: readdirSync(folder).sort().map(path => {
      const value = readFileSync(join(folder, path, 'migration.sql'), 'utf8')
      return { path, migrationFile: { path: 'migration.sql', content: { tag: 'ok', value } } }
    })
  }
}

/** Our tables, and the most important one of the queue. */
async function tables (client: pg.Client): Promise<string[]> {
  const { rows } = await client.query(`
    SELECT tablename FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' OR (schemaname, tablename) = ('pgboss', 'job')
    ORDER BY tablename`)
  return rows.map(({ tablename }) => tablename)
}

async function schemaAsSql (url: string): Promise<string> {
  const files = readdirSync(join(prisma, 'schema')).map(path =>
    ({ path, content: readFileSync(join(prisma, 'schema', path), 'utf8') }))
  const { stdout } = await withSchemaEngine(url, async engine => await engine.diff({
    from: { tag: 'empty' },
    to: { tag: 'schemaDatamodel', files },
    script: true,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] }
  }))
  return stdout ?? ''
}

/**
 * The parts of a database that Prisma's schema can describe: columns, keys and indexes of whole columns. CHECKs, other
 * indexes, functions and triggers are only in the migrations.
 */
async function structure (client: pg.Client): Promise<string[]> {
  const { rows } = await client.query(`
    SELECT table_name || '.' || column_name || ' ' || format_type(atttypid, atttypmod) || ' ' || is_nullable
      || ' ' || coalesce(column_default, '') AS line
    FROM information_schema.columns
    JOIN pg_attribute ON attrelid = quote_ident(table_name)::regclass AND attname = column_name
    WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'
    UNION ALL
    SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype IN ('p', 'u', 'f') AND conrelid <> coalesce(to_regclass('_prisma_migrations'), 0)
    UNION ALL
    SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
    WHERE relnamespace = 'public'::regnamespace AND relname <> '_prisma_migrations' AND indpred IS NULL AND indexprs IS NULL
    ORDER BY line`)
  return rows.map(({ line }) => line)
}
