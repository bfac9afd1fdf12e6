import pg from 'pg'
import { from, to } from 'pg-copy-streams'
import { pipeline } from 'node:stream/promises'
import { NotABackup, writeArchive } from './archive.ts'
import type { Contents, Header, Sequence, Table } from './archive.ts'

/** Jobs are kept by what they are about, as pg-boss takes them, whatever its tables look like by then. */
export const jobs: Table = { name: 'pgboss.job', columns: ['name', 'data', 'priority', 'start_after'] }

/** How values are written as text is a setting of the session; what takes long is no fault here. */
const settings = `
  SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0;
  SET LOCAL DateStyle = ISO; SET LOCAL IntervalStyle = postgres; SET LOCAL TimeZone = UTC;
  SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = hex; SET LOCAL row_security = off;
  SET LOCAL synchronize_seqscans = off; SET LOCAL maintenance_work_mem = '128MB'`

/** Every table of ours; which migrations were applied is recorded by applying them. */
const listTables = `
  SELECT format('%I.%I', n.nspname, c.relname) AS name, array_agg(quote_ident(a.attname) ORDER BY a.attnum) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> '_prisma_migrations'
    AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
  GROUP BY 1 ORDER BY 1`

const listSequences = `
  SELECT format('%I.%I', schemaname, sequencename) AS name, coalesce(last_value, start_value)::text AS value,
    last_value IS NOT NULL AS "isCalled"
  FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1`

/**
 * Gives an archive of everything in the database as it is at one moment, and of the jobs that are still to be done.
 * Reads only, and keeps nobody waiting but a migration.
 */
export async function * archiveOf (url: string, about: Pick<Header, 'secretKey'>): AsyncGenerator<Buffer, void> {
  const client = await connected(url)
  try {
    await client.query(`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${settings}`)
    const { rows: listed } = await client.query<Table>(listTables)
    // From here on no migration changes a table that is still to be read.
    await client.query(`LOCK TABLE ${listed.map(({ name }) => name).join(', ')} IN ACCESS SHARE MODE`)
    const copied = ({ name, columns }: Table, which = '') => () =>
      client.query(to(`COPY (SELECT ${columns.join(', ')} FROM ${name} ${which}) TO STDOUT (ENCODING 'UTF8')`))
    yield * writeArchive(
      await headerOf(client, about),
      [
        ...listed.map(table => ({ ...table, rows: copied(table) })),
        { ...jobs, rows: copied(jobs, "WHERE state < 'completed' ORDER BY created_on, id") }
      ],
      (await client.query<Sequence>(listSequences)).rows
    )
  } finally {
    await client.end()
  }
}

async function headerOf (client: pg.Client, about: Pick<Header, 'secretKey'>): Promise<Header> {
  const { rows: [state] } = await client.query<Pick<Header, 'madeAt' | 'postgres' | 'migrations'>>(`
    SELECT to_json(now()) #>> '{}' AS "madeAt", current_setting('server_version') AS postgres,
      ARRAY(SELECT migration_name::text FROM _prisma_migrations
        WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY 1) AS migrations`)
  return { format: 1, ...state as NonNullable<typeof state>, ...about }
}

/**
 * Calls `read` with what puts the contents of an archive into the tables of an unused database, all or nothing. Jobs
 * go into the table `jobsInto`, to be announced by whoever knows their queues.
 *
 * Needs no right but that of the tables' owner. Triggers, which count, record and refuse, are off meanwhile. Foreign
 * keys are taken away and come back: then PostgreSQL checks every row, which costs less than checking each as it comes,
 * in an order that there need not be.
 */
export async function loadTables (
  url: string, jobsInto: string, read: (contents: Contents) => Promise<void>
): Promise<void> {
  const client = await connected(url)
  try {
    await client.query(`BEGIN; ${settings}`)
    const { rows: tables } = await client.query<Table>(listTables)
    const { rows: sequences } = await client.query<Sequence>(listSequences)
    const { before, after } = await aroundLoading(client, tables)
    await client.query(before)
    await read({
      async table (table, rows) {
        const known = [...tables, jobs].find(({ name }) => name === table.name)
        if (known === undefined || table.columns.some(column => !known.columns.includes(column))) {
          throw unknown(table.name)
        }
        const into = known === jobs ? jobsInto : known.name
        const copying = client.query(from(`COPY ${into} (${table.columns.join(', ')}) FROM STDIN (ENCODING 'UTF8')`))
        await pipeline(rows, copying)
        return copying.rowCount
      },
      async sequence ({ name, value, isCalled }) {
        if (!sequences.some(sequence => sequence.name === name)) throw unknown(name)
        await client.query('SELECT setval($1::regclass, $2, $3)', [name, value, isCalled])
      }
    })
    await client.query(after)
    await client.query('COMMIT')
    await client.query('ANALYZE')
  } finally {
    await client.end()
  }
}

/** What makes the tables empty and lets rows come in any order, and what brings everything back. */
async function aroundLoading (client: pg.Client, tables: readonly Table[]): Promise<{ before: string, after: string }> {
  const { rows } = await client.query<{ before: string, after: string }>(`
    SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS before,
      format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS after
    FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND conparentid = 0
    UNION ALL
    SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname),
      format('ALTER TABLE %s ENABLE %s TRIGGER %I', tgrelid::regclass, CASE tgenabled WHEN 'A' THEN 'ALWAYS' ELSE '' END, tgname)
    FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT tgisinternal AND tgenabled IN ('O', 'A')`)
  return {
    before: [...rows.map(({ before }) => before), `TRUNCATE ${tables.map(({ name }) => name).join(', ')}`].join(';\n'),
    after: rows.map(({ after }) => after).join(';\n')
  }
}

function unknown (name: string): NotABackup {
  return new NotABackup(`This backup holds ${name}, of which its version knows nothing.`)
}

async function connected (url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, keepAlive: true })
  client.on('error', () => {}) // The query under way rejects as well.
  await client.connect()
  return client
}
