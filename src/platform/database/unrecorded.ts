import type pg from 'pg'

/**
 * A table or index that proves that a migration's script is in the database, for migrations that were once recorded
 * apart from their script: a process killed in between left a script without its record, and every later start found
 * that its tables "already exist". Each script is one transaction, so one relation that it makes proves all of it.
 */
const made: Record<string, string> = {
  '0001_the_first_tables': 'activities',
  '0003_places_and_the_waiting_list': 'holds',
  '0004_letters_that_stay_right': 'bulletins',
  '0005_signing_in': 'sign_in_tokens_browser',
  '0006_finding_in_the_trail': 'audit_entries_subject_id_idx',
  '0007_the_organisers_side': 'booking_events'
}

/** It makes no relation and only fills a table, which nothing else can fill before all later ones are applied. */
const helplines = '0002_national_helplines'

/** True if a migration that was begun and never recorded as finished is in the database all the same. */
export async function isInPlace (client: pg.Client, name: string): Promise<boolean> {
  const { rowCount: begun } = await client.query('SELECT FROM _prisma_migrations WHERE migration_name = $1', [name])
  if (begun === 0) return false
  if (name === helplines) return (await client.query('SELECT FROM support_contacts LIMIT 1')).rowCount === 1
  return made[name] !== undefined && await hasRelation(client, made[name])
}

/**
 * True if there is a table or index of that name. `to_regclass` would not do: it caches what it did not find, and
 * learns of others' tables only with the next lock on one.
 */
export async function hasRelation (client: pg.Client, name: string): Promise<boolean> {
  const { rowCount } = await client.query(
    'SELECT FROM pg_class WHERE relname = $1 AND relnamespace = current_schema()::regnamespace', [name])
  return rowCount === 1
}
