// Subject: the database.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import type { Db } from '../../../src/platform/database/connect.ts'
import { personalData } from '../../../src/office/forgetting/personal-data.ts'
import { world } from '../../support/world.ts'

const folder = join(import.meta.dirname, '../../../prisma/schema')
const schema = await Promise.all((await readdir(folder)).map(async file => await readFile(join(folder, file), 'utf8')))
const tables = new Map([...schema.join('\n').matchAll(/^model (\w+) \{[^]*?@@map\("(\w+)"\)/gm)].map(([, model = '', table = '']) =>
  [model, table]))

/** Each column with a rule, as `bookings.name`. */
const ruled = Object.entries(personalData).flatMap(([model, columns]) => {
  const table = tables.get(model) ?? model
  return Object.entries(columns).map(([field, rule]) => ({
    table, column: `${table}.${field.replace(/[A-Z]/g, email => `_${email.toLowerCase()}`)}`, rule
  }))
})

async function columnsWithoutRule (db: Db): Promise<string[]> {
  const columns = await db.$queryRaw<Array<{ name: string }>>`
    SELECT table_name || '.' || column_name AS name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'`
  return columns.map(({ name }) => name).filter(name => !ruled.some(({ column }) => column === name))
}

t.test('of each column it is said of whom it tells and so when it goes; of one that somebody adds it is not', async t => {
  const { db } = await world(t)

  t.strictSame(await columnsWithoutRule(db), [])
  await db.$executeRaw`ALTER TABLE bookings ADD COLUMN nickname text`
  await db.$executeRaw`CREATE TABLE visitors (name text)`
  t.strictSame((await columnsWithoutRule(db)).sort(), ['bookings.nickname', 'visitors.name'])
})

t.test('what goes with a booking hangs on it', async t => {
  const { db } = await world(t)
  const hanging = await db.$queryRaw<Array<{ name: string }>>`
    SELECT conrelid::regclass::text AS name FROM pg_constraint
    WHERE contype = 'f' AND confrelid = 'bookings'::regclass AND confdeltype = 'c'`

  const theirs = new Set(ruled.filter(({ rule }) => rule === 'booking').map(({ table }) => table))

  t.strictSame([...theirs].sort(), ['bookings', ...hanging.map(({ name }) => name)].sort())
})
