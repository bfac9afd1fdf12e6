// Subject: the database.
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import t from 'tap'
import { aDatabase } from '../../support/a-database.ts'

const folder = join(import.meta.dirname, '../../../prisma/migrations')
const names = readdirSync(folder).filter(name => /^\d/.test(name)).sort()
const scriptOf = (name: string) => readFileSync(join(folder, name, 'migration.sql'), 'utf8')

/** The last migration before this rule existed; 0011 repairs what it broke. */
const lastWithoutRule = '0007_the_organisers_side'

/** Constraints that speak of columns of before, and that what the version before writes fulfils all the same. */
const fulfilled: Record<string, string> = {
  successions_replies_of_a_partnership: 'it leaves the reply address empty',
  successions_press_of_a_whole_campaign: 'it leaves the press contact empty',
  approval_decisions_decision: 'the two decisions that it knows are among those allowed now',
  approval_decisions_deleted: 'it names an activity, leaves the title empty, and does not know this decision'
}

t.test('a process of the version before goes on beside the tables of each migration: it adds, and takes nothing away', async t => {
  const { client } = await aDatabase(t)
  for (const name of names.filter(name => name <= lastWithoutRule)) await client.query(scriptOf(name))
  let before = await catalogueOf(client)

  for (const name of names.filter(name => name > lastWithoutRule)) {
    await client.query(scriptOf(name))
    const after = await catalogueOf(client)
    t.strictSame(breaches(before, after).filter(breach => !Object.hasOwn(fulfilled, breach.split(' ')[0] ?? '')), [], name)
    before = after
  }
})

t.test('no script ends the transaction in which it is recorded', async t => {
  const ending = /^\s*(BEGIN|START|COMMIT|END|ROLLBACK|ABORT)\b/im
  const outsideOfFunctions = (script: string) => script.replace(/\$\$.*?\$\$/gs, '').replace(/--.*/g, '')

  t.strictSame(names.filter(name => ending.test(outsideOfFunctions(scriptOf(name)))), [])
  t.match(outsideOfFunctions('CREATE FUNCTION f() AS $$ BEGIN; END $$; -- twice\nCOMMIT;'), ending)
})

t.test('what would stop a process of the version before is found', async t => {
  const { client } = await aDatabase(t)
  await client.query(`
    CREATE TABLE rooms (id int PRIMARY KEY, name text, size int NOT NULL DEFAULT 1);
    CREATE UNIQUE INDEX rooms_by_name ON rooms (name);
    CREATE TABLE chairs (id int);
    CREATE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 42';`)
  const before = await catalogueOf(client)

  const found = async (sql: string) => {
    await client.query(`BEGIN; ${sql}`)
    const after = await catalogueOf(client)
    await client.query('ROLLBACK')
    return breaches(before, after)
  }

  for (const [sql, breach] of [
    ['ALTER TABLE rooms ADD COLUMN floor int NOT NULL', 'rooms.floor must be given'],
    ['ALTER TABLE rooms ALTER COLUMN name SET NOT NULL', 'rooms.name must be given'],
    ['ALTER TABLE rooms ALTER COLUMN size DROP DEFAULT', 'rooms.size must be given'],
    ['ALTER TABLE rooms DROP COLUMN size', 'rooms.size is not there any more'],
    ['ALTER TABLE rooms RENAME COLUMN size TO area', 'rooms.size is not there any more'],
    ['ALTER TABLE rooms ALTER COLUMN size TYPE text', 'rooms.size is of another type'],
    ['DROP TABLE chairs', 'chairs.id is not there any more'],
    ['DROP INDEX rooms_by_name', 'unique (name) of rooms is not there any more'],
    ['DROP FUNCTION answer()', 'answer() is not there any more'],
    ['ALTER TABLE rooms ADD CONSTRAINT small CHECK (size < 10)', 'small of rooms forbids what was allowed'],
    ['ALTER TABLE rooms ADD COLUMN floor int, ADD CONSTRAINT attic CHECK (floor IS NOT NULL OR size > 1)', 'attic of rooms forbids what was allowed'],
    ['CREATE UNIQUE INDEX one_of_a_size ON rooms (size)', 'one_of_a_size of rooms forbids what was allowed']
  ] as const) {
    t.strictSame((await found(sql)).slice(0, 1), [breach], sql)
  }
  for (const sql of [
    'ALTER TABLE rooms ADD COLUMN floor int',
    'ALTER TABLE rooms ADD COLUMN floor int NOT NULL DEFAULT 0 CHECK (floor >= 0)',
    'ALTER TABLE rooms ALTER COLUMN size DROP NOT NULL',
    'CREATE TABLE tables (id int NOT NULL, legs int NOT NULL CHECK (legs > 2))',
    `ALTER TABLE rooms ADD COLUMN floor int NOT NULL;
     CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.floor := 0; RETURN NEW; END';
     CREATE TRIGGER fill BEFORE INSERT ON rooms FOR EACH ROW EXECUTE FUNCTION fill()`
  ]) {
    t.strictSame(await found(sql), [], sql)
  }
})

t.test('people signed in by a process from before 0007 have shown who they are when their session began', async t => {
  const { client } = await aDatabase(t)
  for (const name of names) await client.query(scriptOf(name))
  const { rows: [{ id }] } = await client.query(`
    INSERT INTO staff_members (email, name, role, created_at) VALUES ('anne@example.org', 'Anne Kirkbride', 'admin', now()) RETURNING id`)

  const open = async (columns: string, ...values: string[]) => (await client.query(`
    INSERT INTO staff_sessions (staff_member_id, token_hash, created_at, last_seen_at${columns})
    VALUES ($1, '${randomUUID()}', '2026-11-23T12:00Z', '2026-11-23T12:00Z'${values.map(value => `, '${value}'`).join('')})
    RETURNING shown_at, awaits_code`, [id])).rows

  t.strictSame(await open(', opened_by, device', 'link', 'Firefox on Linux'), [
    { shown_at: new Date('2026-11-23T12:00Z'), awaits_code: false }
  ])
  t.strictSame(await open(', shown_at', '2026-11-23T12:05Z'), [
    { shown_at: new Date('2026-11-23T12:05Z'), awaits_code: false }
  ], 'one that says when keeps it')
})

interface Column { table: string, name: string, type: string, mustBeGiven: boolean }
/** A constraint or a unique index; `says` is its definition without the name. */
interface Rule { table: string, name: string, columns: string[], says: string, isUnique: boolean }
interface Catalogue { columns: Column[], rules: Rule[], functions: string[] }

/** What a program's statements depend on. */
async function catalogueOf (client: pg.Client): Promise<Catalogue> {
  const { rows: columns } = await client.query(`
    SELECT relname AS table, attname AS name, format_type(atttypid, atttypmod) AS type,
      attnotnull AND NOT atthasdef AND attidentity = '' AND NOT EXISTS (
        SELECT FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE tgrelid = attrelid AND tgtype & 7 = 7 -- BEFORE INSERT … FOR EACH ROW
          AND prosrc ~* ('NEW\\."?' || attname || '"?\\s*:=')) AS "mustBeGiven"
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND attnum > 0 AND NOT attisdropped
    ORDER BY relname, attnum`)
  const { rows: rules } = await client.query(`
    SELECT conrelid::regclass::text AS table, conname AS name, pg_get_constraintdef(oid) AS says, false AS "isUnique",
      ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)) AS columns
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'x')
    UNION ALL
    SELECT indrelid::regclass::text, indexrelid::regclass::text, 'unique ' || substring(pg_get_indexdef(indexrelid) FROM '\\(.*'), true,
      ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = indrelid AND attnum = ANY (indkey))
    FROM pg_index JOIN pg_class ON pg_class.oid = indrelid WHERE indisunique AND relnamespace = 'public'::regnamespace
    ORDER BY 1, 2`)
  const { rows: functions } = await client.query(`
    SELECT oid::regprocedure::text AS name FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prorettype <> 'trigger'::regtype`)
  return { columns, rules, functions: functions.map(({ name }) => name) }
}

/** What a program written for the tables of `before` does that the tables of `after` refuse. */
function breaches (before: Catalogue, after: Catalogue): string[] {
  const was = new Map(before.columns.map(column => [`${column.table}.${column.name}`, column]))
  const is = new Map(after.columns.map(column => [`${column.table}.${column.name}`, column]))
  const tables = new Set(before.columns.map(({ table }) => table))
  const same = (one: Rule) => (other: Rule) => one.table === other.table && one.says === other.says
  return [
    ...[...was].flatMap(([path, { type }]) => {
      const column = is.get(path)
      if (column === undefined) return [`${path} is not there any more`]
      return column.type === type ? [] : [`${path} is of another type`]
    }),
    ...[...is].filter(([path, { table, mustBeGiven }]) =>
      tables.has(table) && mustBeGiven && was.get(path)?.mustBeGiven !== true)
      .map(([path]) => `${path} must be given`),
    ...before.rules.filter(rule => rule.isUnique && is.has(`${rule.table}.${rule.columns[0]}`) &&
      !after.rules.some(same(rule)))
      .map(({ says, table }) => `${says} of ${table} is not there any more`),
    ...after.rules.filter(rule => !before.rules.some(same(rule)) &&
      rule.columns.some(column => was.has(`${rule.table}.${column}`)))
      .map(({ name, table }) => `${name} of ${table} forbids what was allowed`),
    ...before.functions.filter(name => !after.functions.includes(name)).map(name => `${name} is not there any more`)
  ]
}
