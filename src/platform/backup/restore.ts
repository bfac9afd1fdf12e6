import pg from 'pg'
import { migrate, restoreSchema } from '../database/migrate.ts'
import { CommandError } from '../errors.ts'
import type { Contents } from './archive.ts'
import { loadTables } from './tables.ts'

/** What was still to be done, with the columns that a backup has of it; gone when the restore has ended. */
const restoredJobs = `${restoreSchema}.job`

interface Log { warn: (message: string) => void }

/**
 * Puts an archive into an empty database: the tables as they were then, what they held, and what migrations have made
 * of them since. Until `endRestore` no service starts on it. What fails is not mended: the next try needs another
 * database.
 */
export async function restoreTables (
  url: string,
  { migrations, read, log }: { migrations: string[], read: (contents: Contents) => Promise<void>, log: Log }
): Promise<void> {
  await beginRestore(url)
  await migrate(url, { only: migrations, isRestoring: true, log })
  await loadTables(url, restoredJobs, read)
  await migrate(url, { isRestoring: true, log })
}

async function beginRestore (url: string): Promise<void> {
  await inTransaction(url, async client => {
    const { rowCount } = await client.query(`
      SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname IN ('public', 'pgboss', '${restoreSchema}')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') LIMIT 1`)
    if (rowCount !== 0) {
      throw new CommandError(`The database ${client.database} holds something already, and stays as it is: restore into an empty one.`)
    }
    await client.query(`CREATE SCHEMA ${restoreSchema}; CREATE TABLE ${restoredJobs} (
      name text NOT NULL, data jsonb, priority integer NOT NULL, start_after timestamptz NOT NULL)`)
  })
}

/** The service may start from now on. */
export async function endRestore (url: string): Promise<void> {
  await inTransaction(url, async client => { await client.query(`DROP SCHEMA ${restoreSchema} CASCADE`) })
}

async function inTransaction (url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {}) // The query under way rejects as well.
  await client.connect()
  try {
    await client.query('BEGIN')
    await work(client)
    await client.query('COMMIT')
  } finally {
    await client.end()
  }
}
