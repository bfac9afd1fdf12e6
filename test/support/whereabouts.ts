import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Prisma } from '../../src/platform/database/generated/client.ts'
import type { Db } from '../../src/platform/database/connect.ts'

/**
 * Every column of every table, of any schema, that contains a text: `bookings.name`. As text, within JSON and arrays,
 * and as bytes.
 */
export async function columnsWith (db: Db, text: string): Promise<string[]> {
  const tables = await db.$queryRaw<Array<{ schema: string, table: string }>>`
    SELECT table_schema AS schema, table_name AS table FROM information_schema.tables
    WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`
  const found = await Promise.all(tables.map(async ({ schema, table }) => {
    const whole = Prisma.raw(`"${schema}"."${table}"`)
    const columns = await db.$queryRaw<Array<{ key: string }>>`
      SELECT DISTINCT cell.key FROM ${whole} AS row, jsonb_each_text(to_jsonb(row)) AS cell
      WHERE strpos(lower(cell.value), lower(${text})) > 0
        OR strpos(cell.value, encode(convert_to(${text}, 'UTF8'), 'hex')) > 0`
    return columns.map(({ key }) => `${schema === 'public' ? '' : `${schema}.`}${table}.${key}`)
  }))
  return found.flat().sort()
}

/** Every file under a folder that contains a text, also in its name. */
export async function filesWith (folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const found = await Promise.all(entries.filter(entry => entry.isFile()).map(async ({ parentPath, name }) => {
    const file = join(parentPath, name)
    const whole = `${file}\n${await readFile(file, 'latin1')}`.toLowerCase()
    return whole.includes(text.toLowerCase()) ? [file] : []
  }))
  return found.flat().sort()
}
