import type pg from 'pg'

/** How a used database is restored to its original state, and how to tell whether that is possible. */
export interface Restoring {
  /** A statement that deletes every row which the migrations did not insert. */
  restore: string
  /** A query for its tables, functions, triggers, settings and users: rows are restored, these are not. */
  shape: string
  /** Its result in an unused database. */
  asMade: string
}

/** Reads from an unused database how another one like it is restored. */
export async function restoringOf (made: pg.ClientBase): Promise<Restoring> {
  const { rows: tables } = await made.query<{ name: string }>(`
    SELECT format('%I.%I', nspname, relname) AS name FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
    WHERE nspname IN ('public', 'pgboss') AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1`)
  const filled: string[] = []
  for (const { name } of tables) filled.push(await refilling(made, name))
  const { rows: [stored] } = await made.query<{ names: string }>(`
    SELECT string_agg(format('%I.%I', nspname, relname), ',' ORDER BY relname) AS names
    FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ('public', 'pgboss') AND relkind = 'r'`)
  const { rows: sequences } = await made.query<{ sql: string }>(`
    SELECT format('PERFORM setval(%L, %s, %L);', s.schemaname || '.' || s.sequencename, coalesce(last_value, start_value),
      last_value IS NOT NULL) AS sql
    FROM pg_sequences s WHERE s.schemaname IN ('public', 'pgboss')`)
  const { rows: [shape] } = await made.query<{ shape: string }>(shapeSql)
  return {
    // Without triggers, which count, record and refuse. A test that still holds a lock loses the database instead. Most
    // tables have never had a row, and a file without a page is seen sooner than a statement is planned.
    restore: `DO $restore$ DECLARE name regclass; BEGIN
      SET LOCAL session_replication_role = replica;
      SET LOCAL lock_timeout = '2s';
      FOREACH name IN ARRAY '{${stored?.names}}'::regclass[] LOOP
        IF pg_relation_size(name) > 0 THEN EXECUTE format('DELETE FROM %s', name); END IF;
      END LOOP;
      ${filled.join('\n')}
      ${sequences.map(({ sql }) => sql).join('\n')}
    END $restore$`,
    shape: shapeSql,
    asMade: shape?.shape ?? ''
  }
}

/** SQL that restores the rows that a table has; empty where it has none. */
async function refilling (made: pg.ClientBase, name: string): Promise<string> {
  const { rows: [row] } = await made.query<{ sql: string | null }>(`
    SELECT format('INSERT INTO ${name} SELECT * FROM json_populate_recordset(NULL::${name}, %L);', json_agg(t)) AS sql
    FROM ${name} t HAVING count(*) > 0`)
  return row?.sql ?? ''
}

/**
 * Changes with every definition that is added, altered or dropped, with settings of the database, and while anyone else
 * is in a transaction: the server answers for a while yet who has gone away. Statistics are included: a test that reads
 * plans must not see those of another test's rows.
 */
const shapeSql = `SELECT concat_ws(' ',
  ${['pg_class', 'pg_attribute', 'pg_attrdef', 'pg_constraint', 'pg_index', 'pg_trigger', 'pg_proc', 'pg_type', 'pg_namespace', 'pg_rewrite',
    'pg_statistic'].map(catalog => `(SELECT concat(count(*), '/', max(xmin::text::bigint)) FROM ${catalog})`).join(',\n  ')},
  (SELECT count(*) FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase WHERE datname = current_database()),
  (SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid() AND backend_type = 'client backend')) AS shape`
