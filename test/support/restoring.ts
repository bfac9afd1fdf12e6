import type pg from 'pg'

/** How a database that a test has used becomes as it was made, and how one tells that it could. */
export interface Restoring {
  /** One statement that takes every row away which the migrations did not put there. */
  restore: string
  /** One question after its tables, functions, triggers, settings: rows are restored, these are not. */
  shape: string
  /** The answer in a database that nobody has used. */
  asMade: string
}

/** Reads from a database as it was made what makes another of the same making like it again. */
export async function restoringOf (made: pg.ClientBase): Promise<Restoring> {
  const { rows: tables } = await made.query<{ name: string }>(`
    SELECT format('%I.%I', nspname, relname) AS name FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname IN ('public', 'pgboss') AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1`)
  const filled: string[] = []
  for (const { name } of tables) filled.push(await refilling(made, name))
  const { rows: sequences } = await made.query<{ sql: string }>(`
    SELECT format('PERFORM setval(%L, %s, %L);', s.schemaname || '.' || s.sequencename, coalesce(last_value, start_value),
      last_value IS NOT NULL) AS sql
    FROM pg_sequences s WHERE s.schemaname IN ('public', 'pgboss')`)
  const { rows: [shape] } = await made.query<{ shape: string }>(shapeSql)
  return {
    // Without triggers: they count, note and refuse. Whoever still holds a lock loses the database instead.
    restore: `DO $restore$ BEGIN
      SET LOCAL session_replication_role = replica;
      SET LOCAL lock_timeout = '2s';
      ${tables.map(({ name }) => `DELETE FROM ${name};`).join('\n')}
      ${filled.join('\n')}
      ${sequences.map(({ sql }) => sql).join('\n')}
    END $restore$`,
    shape: shapeSql,
    asMade: shape?.shape ?? ''
  }
}

/** What puts the rows back that a table has; nothing where it has none. */
async function refilling (made: pg.ClientBase, name: string): Promise<string> {
  const { rows: [row] } = await made.query<{ sql: string | null }>(`
    SELECT format('INSERT INTO ${name} SELECT * FROM json_populate_recordset(NULL::${name}, %L);', json_agg(t)) AS sql
    FROM ${name} t HAVING count(*) > 0`)
  return row?.sql ?? ''
}

/**
 * Changes with whatever is defined, altered or dropped, and with settings of the database. Statistics are among it:
 * a test that reads plans must not be told of the rows of another.
 */
const shapeSql = `SELECT concat_ws(' ',
  ${['pg_class', 'pg_attribute', 'pg_attrdef', 'pg_constraint', 'pg_index', 'pg_trigger', 'pg_proc', 'pg_type', 'pg_namespace', 'pg_rewrite',
    'pg_statistic'].map(catalog => `(SELECT concat(count(*), '/', max(xmin::text::bigint)) FROM ${catalog})`).join(',\n  ')},
  (SELECT count(*) FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase WHERE datname = current_database())) AS shape`
