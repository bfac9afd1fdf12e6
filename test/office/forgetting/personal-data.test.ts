import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import { personalData } from '../../../src/office/forgetting/personal-data.ts'
import { world } from '../../support/world.ts'

const folder = join(import.meta.dirname, '../../../prisma/schema')
const schema = await Promise.all((await readdir(folder)).map(async file => await readFile(join(folder, file), 'utf8')))
/** What the schema calls each model's table and the columns of its fields. */
const models = new Map([...schema.join('\n').matchAll(/^model (\w+) \{([^]*?)@@map\("(\w+)"\)/gm)]
  .map(([, model = '', fields = '', table = '']) => [model, {
    table, columns: new Map([...fields.matchAll(/^ {2}(\w+) .*@map\("(\w+)"\)/gm)].map(([, field = '', column = '']) => [field, column]))
  }]))

/** Each column with a rule, as `bookings.name`. */
const ruled = Object.entries(personalData).flatMap(([model, rules]) => {
  const { table, columns } = models.get(model) ?? { table: model, columns: new Map<string, string>() }
  return Object.entries(rules).map(([field, rule]) => ({
    table, column: `${table}.${columns.get(field) ?? field}`, rule
  }))
})

async function columnsWithoutRule (db: Db): Promise<string[]> {
  const columns = await db.$queryRaw<Array<{ name: string }>>`
    SELECT table_name || '.' || column_name AS name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'`
  return columns.map(({ name }) => name).filter(name => !ruled.some(({ column }) => column === name))
}

t.test('every column has a rule: who it is about and so when it goes; one added without a rule is found', async t => {
  const { db, asOwner } = await world(t)

  t.strictSame(await columnsWithoutRule(db), [])
  await asOwner('ALTER TABLE bookings ADD COLUMN nickname text')
  await asOwner('CREATE TABLE visitors (name text); GRANT SELECT ON visitors TO PUBLIC')
  t.strictSame((await columnsWithoutRule(db)).sort(), ['bookings.nickname', 'visitors.name'])
})

t.test('the tables whose rows go with a booking are those the database deletes with it', async t => {
  const { db } = await world(t)
  const hanging = await db.$queryRaw<Array<{ name: string }>>`
    SELECT conrelid::regclass::text AS name FROM pg_constraint
    WHERE contype = 'f' AND confrelid = 'bookings'::regclass AND confdeltype = 'c'`

  const theirs = new Set(ruled.filter(({ rule }) => rule === 'booking').map(({ table }) => table))

  t.strictSame([...theirs].sort(), ['bookings', ...hanging.map(({ name }) => name)].sort())
})
