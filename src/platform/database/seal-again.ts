import type { Seal } from '../seal.ts'
import type { Db, Tx } from './connect.ts'
import { Prisma } from './generated/client.ts'

/** A column whose texts are sealed. */
export interface SealedColumn {
  column: string
  seal: Seal
  /** What a text belongs to, by the key of its row. */
  of: (key: string) => string
  /** Whether texts of the version before are plain. */
  mayBePlain: boolean
  /** The column with a mark of it. */
  mark?: { column: string, of: (text: string) => string } | undefined
}

/** Sealed columns of a table with the name of its primary key, a UUID. */
export interface SealedAgain { table: string, key: string, columns: readonly SealedColumn[] }

/** How many rows were sealed with the key of SECRET_KEY, and how many could not be opened. */
export interface Resealed { sealed: number, unopened: number }

/** Locked together, and only that long. */
const rowsAtOnce = 200

/** Before there were keys with ids, and since. */
const anySealedForm = /^(?:1|2\.[\w-]{8})\.[\w-]{38,}$/

/**
 * Seals with the key of SECRET_KEY what is plain or sealed with the key before it: some rows at a time, each time
 * committed, so that it can be stopped anywhere and started again. It waits for nobody's locks: rows that someone holds
 * are left for the next time. A text that does not open stays as it is.
 */
export async function sealAgain (db: Db, { table, key, columns }: SealedAgain, currentForm: string): Promise<Resealed> {
  const total = { sealed: 0, unopened: 0 }
  let last: string | undefined = '00000000-0000-0000-0000-000000000000'
  while (last !== undefined) {
    const after: string = last
    last = await db.$transaction(async tx => {
      // A trigger takes another sealed text for something new.
      await tx.$executeRaw`SELECT set_config('placekeeper.seals_again', 'on', true)`
      const rows = await tx.$queryRaw<Array<Record<string, string | null>>>`
        SELECT ${named([key, ...columns.map(({ column }) => column)])} FROM ${named([table])}
        WHERE ${named([key])} > ${after}::uuid AND ${notCurrent(columns, currentForm)}
        ORDER BY ${named([key])} LIMIT ${rowsAtOnce} FOR NO KEY UPDATE SKIP LOCKED`
      for (const row of rows) total[await sealRow(tx, { table, key, columns }, row) ? 'sealed' : 'unopened']++
      return rows.at(-1)?.[key] ?? undefined
    })
  }
  return total
}

/** True of a text that opens, of one that may still be plain and is, and of none. */
export function opensOrIsPlain ({ seal, of, mayBePlain }: SealedColumn, text: string | null, key: string): boolean {
  if (text === null || (mayBePlain && !anySealedForm.test(text))) return true
  try {
    seal.open(text, of(key))
    return true
  } catch {
    return false
  }
}

/** How many rows have something that is not sealed with the key of SECRET_KEY. */
export async function countToSeal (db: Db, { table, columns }: SealedAgain, currentForm: string): Promise<number> {
  const [{ rows } = { rows: 0 }] = await db.$queryRaw<Array<{ rows: number }>>`
    SELECT count(*)::int AS rows FROM ${named([table])} WHERE ${notCurrent(columns, currentForm)}`
  return rows
}

function notCurrent (columns: readonly SealedColumn[], currentForm: string): Prisma.Sql {
  const each = columns.map(({ column }) => Prisma.sql`${named([column])} !~ ${currentForm}`)
  return Prisma.sql`(${Prisma.join(each, ' OR ')})`
}

/** Names of ours, never of anyone who asks. */
function named (names: readonly string[]): Prisma.Sql {
  return Prisma.raw(names.map(name => `"${name}"`).join(', '))
}

/** Seals one locked row again; returns whether everything in it opened. */
async function sealRow (
  tx: Tx, { table, key, columns }: SealedAgain, row: Record<string, string | null>
): Promise<boolean> {
  const id = row[key] ?? ''
  try {
    const changes = columns.flatMap(({ column, seal, of, mayBePlain, mark }) => {
      const text = row[column] ?? undefined
      if (text === undefined) return []
      const said = mayBePlain && !anySealedForm.test(text) ? text : seal.open(text, of(id))
      return [
        Prisma.sql`${named([column])} = ${seal.close(said, of(id))}`,
        ...mark === undefined ? [] : [Prisma.sql`${named([mark.column])} = ${seal.mark(mark.of(said))}`]
      ]
    })
    await tx.$executeRaw`UPDATE ${named([table])} SET ${Prisma.join(changes)} WHERE ${named([key])} = ${id}::uuid`
    return true
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError) throw error
    return false
  }
}
