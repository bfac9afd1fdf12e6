import pg from 'pg'
import type { Test } from 'tap'
import type { World } from './world.ts'

/*
 * What happens to the rows of a database, noted by triggers: cheap enough to be asked after each of ten thousand
 * requests, and enough to take it back.
 */

/** Rows as they were before and after each change that was committed. Jobs are noted only as they come and go. */
const noting = `
  CREATE SCHEMA changes;
  CREATE TABLE changes.made (n bigint GENERATED ALWAYS AS IDENTITY, name regclass, before jsonb, after jsonb);
  CREATE FUNCTION changes.note() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$ BEGIN
    INSERT INTO changes.made (name, before, after) VALUES (TG_RELID,
      CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END, CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END);
    RETURN NULL;
  END $$;
  CREATE FUNCTION changes.seen() RETURNS text[] LANGUAGE sql SET search_path = '' AS $$
    WITH gone AS (DELETE FROM changes.made RETURNING name)
    SELECT coalesce(array_agg(name::text), '{}') FROM gone
  $$;
  CREATE FUNCTION changes.undone(since bigint) RETURNS text[] LANGUAGE plpgsql SET search_path = '' AS $$
  DECLARE
    names text[] = '{}';
    change record;
    times bigint;
  BEGIN
    SET LOCAL session_replication_role = replica;
    FOR change IN WITH gone AS (DELETE FROM changes.made WHERE n > since RETURNING *) SELECT * FROM gone ORDER BY n DESC LOOP
      IF change.after IS NOT NULL THEN
        EXECUTE format('DELETE FROM %s AS row WHERE to_jsonb(row) = $1', change.name) USING change.after;
        GET DIAGNOSTICS times = ROW_COUNT;
        IF times <> 1 THEN RAISE EXCEPTION 'A row of % is there % times.', change.name, times; END IF;
      END IF;
      IF change.before IS NOT NULL THEN
        EXECUTE format('INSERT INTO %1$s OVERRIDING SYSTEM VALUE SELECT * FROM jsonb_populate_record(NULL::%1$s, $1)', change.name)
          USING change.before;
      END IF;
      names = names || change.name::text;
    END LOOP;
    RETURN names;
  END $$;
  DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'public' LOOP
      EXECUTE format('CREATE TRIGGER noting AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW EXECUTE FUNCTION changes.note()', name);
    END LOOP;
    CREATE TRIGGER noting AFTER INSERT OR DELETE ON pgboss.job FOR EACH ROW EXECUTE FUNCTION changes.note();
  END $$`

/** The changes of a database from now on. Each call returns the tables of those since the last, once for each row. */
export interface Changes {
  seen: () => Promise<string[]>
  /** Takes them back, too: all rows are as they were, whatever the tables forbid; or as they were at a point. */
  undone: (since?: string) => Promise<string[]>
  /** The point to which `undone` goes back if it is given it. */
  now: () => Promise<string>
}

/** Notes what changes in a test's database, which no other test has after it. */
export async function changesOf (t: Test, { ownerUrl }: Pick<World, 'ownerUrl'>): Promise<Changes> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  t.teardown(async () => { await client.end() })
  await client.query(noting)
  const namesBy = async (name: string, call: string, values: string[] = []) => {
    const { rows: [row] } = await client.query<{ names: string[] }>({ name, text: `SELECT ${call} AS names`, values })
    return row?.names.map(name => name.replace(/^public\./, '')) ?? []
  }
  return {
    seen: async () => await namesBy('seen', 'changes.seen()'),
    undone: async (since = '0') => await namesBy('undone', 'changes.undone($1)', [since]),
    async now () {
      const { rows: [row] } = await client.query<{ n: string }>('SELECT coalesce(max(n), 0) AS n FROM changes.made')
      return row?.n ?? '0'
    }
  }
}

/**
 * Returns a function that describes a database's state by table: it changes with every row that is added, changed or
 * removed.
 */
export async function fingerprints (
  t: Test, its: Pick<World, 'ownerUrl'>
): Promise<() => Promise<Record<string, number>>> {
  const { seen } = await changesOf(t, its)
  const times: Record<string, number> = {}
  return async () => {
    for (const name of await seen()) times[name] = (times[name] ?? 0) + 1
    return { ...times }
  }
}

/** Every row of every table, as text. */
export async function content ({ asOwner }: Pick<World, 'asOwner'>): Promise<unknown> {
  const { rows: tables } = await asOwner(`
    SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('public', 'pgboss') ORDER BY 1`)
  const { rows } = await asOwner(`${tables.map(({ name }) =>
    `SELECT '${name}' AS name, coalesce(string_agg(row::text, ' ' ORDER BY row::text), '') AS rows FROM ${name} AS row`).join(' UNION ALL ')} ORDER BY name`)
  return rows
}
