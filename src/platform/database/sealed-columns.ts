import { randomUUID } from 'node:crypto'
import type { Seal } from '../seal.ts'
import { isSealed } from '../seal.ts'
import type { Db, Reader } from './connect.ts'

/** Columns whose texts the database has only sealed, to a key that it does not hold. */
export interface SealedTable {
  table: string
  /** Each field with its column. */
  columns: Readonly<Record<string, string>>
  /** The field that is found by a mark of what it says, and what is marked of it. */
  marked?: { field: string, as: string, column: string, of: (text: string) => string } | undefined
}

/** The tables by the model that Prisma has of them. */
export type SealedTables = Readonly<Record<string, SealedTable>>

/** Fields as they are given: null where there is nothing, missing where nothing changes. */
type Fields = Record<string, unknown>

/** Seals and opens columns. A text opens for its row and its column alone: moved to another person, it does not. */
export interface SealedColumns {
  /** The same fields with those sealed that are to be, and with the mark of the one that has one. */
  close: <Given extends Fields>(model: string, id: string, fields: Given) => Given
  /** What a field says: as it is where a process of the version before wrote it. Throws where it was tampered with. */
  open: (model: string, id: string, field: string, text: string) => string
  /** The marks, under each key, by one of which a text is found. */
  marksOf: (model: string, text: string) => string[]
}

/** What a sealed text belongs to: a column of a row. */
export function ownerOf ({ table, columns }: SealedTable, id: string, field: string): string {
  return `${table}.${columns[field]} ${id}`
}

export function sealedColumns (tables: SealedTables, seal: Seal): SealedColumns {
  const tableOf = (model: string) => {
    const table = tables[model]
    if (table === undefined) throw new Error(`Nothing of ${model} is sealed.`)
    return table
  }

  return {
    close (model, id, fields) {
      const table = tableOf(model)
      const closed: Fields = { ...fields }
      for (const field of Object.keys(table.columns)) {
        const text = fields[field]
        if (typeof text === 'string') closed[field] = seal.close(text, ownerOf(table, id, field))
        if (field === table.marked?.field && text !== undefined) {
          closed[table.marked.as] = typeof text === 'string' ? seal.mark(table.marked.of(text)) : null
        }
      }
      return closed as typeof fields
    },

    open (model, id, field, text) {
      return isSealed(text) ? seal.open(text, ownerOf(tableOf(model), id, field)) : text
    },

    marksOf: (model, text) => seal.marks(tableOf(model).marked?.of(text) ?? text)
  }
}

/**
 * A database through which these columns are read and written as if they were not sealed, by every call of Prisma:
 * sealed on their way in, opened when they are looked at and not before. What raw SQL reads and writes is opened and
 * sealed with `sealedOf`; rows are not written through another model, nor by `upsert`.
 */
export function withSealedColumns (db: Db, tables: SealedTables, sealed: SealedColumns): Db {
  return db.$extends({
    client: { sealed },
    result: mapped(tables, (model, { columns }) => opening(model, columns, sealed)),
    query: mapped(tables, (model, table) => closing(model, table, sealed))
  } as Parameters<Db['$extends']>[0]) as unknown as Db
}

function mapped<Made> (tables: SealedTables, make: (model: string, table: SealedTable) => Made): Record<string, Made> {
  return Object.fromEntries(Object.entries(tables).map(([model, table]) => [model, make(model, table)]))
}

/** Seals and opens what raw SQL has to do with, in or outside a transaction. */
export function sealedOf (db: Reader): SealedColumns {
  const { sealed } = db as unknown as { sealed?: SealedColumns }
  if (sealed === undefined) throw new Error('This connection was opened without SECRET_KEY.')
  return sealed
}

type Row = { id: string } & Record<string, string | null>

function opening (model: string, columns: SealedTable['columns'], sealed: SealedColumns) {
  return Object.fromEntries(Object.keys(columns).map(field => [field, {
    needs: { id: true, [field]: true },
    compute (row: Row) {
      const text = row[field]
      return typeof text === 'string' ? sealed.open(model, row.id, field, text) : text
    }
  }]))
}

interface Call {
  operation: string
  args: { data: Fields | Fields[], where?: Fields }
  query: (args: unknown) => Promise<unknown>
}

/** What is sealed on its way in. A row is given its id here and not by the database: it is sealed for that. */
function closing (model: string, { columns }: SealedTable, sealed: SealedColumns) {
  const made = (row: Fields) => {
    const { id = randomUUID() } = row
    return sealed.close(model, String(id), { ...row, id })
  }
  return {
    $allOperations: async ({ operation, args, query }: Call) => {
      if (operation === 'upsert') throw new Error(`Sealed columns of ${model} are not written by upsert.`)
      assertNotCompared(model, columns, args?.where)
      if (operation.startsWith('create')) {
        return await query({ ...args, data: Array.isArray(args.data) ? args.data.map(made) : made(args.data) })
      }
      if (!operation.startsWith('update')) return await query(args)
      const id = args.where?.id
      const fields = args.data as Fields
      const data = typeof id === 'string' ? sealed.close(model, id, fields) : emptied(model, sealed, fields)
      return await query({ ...args, data })
    }
  }
}

/** Of what is sealed the database knows only whether there is something: two equal texts are two sealed ones. */
function assertNotCompared (model: string, columns: SealedTable['columns'], where: unknown): void {
  if (typeof where !== 'object' || where === null) return
  for (const [name, wanted] of Object.entries(where)) {
    if (['AND', 'OR', 'NOT'].includes(name)) for (const one of [wanted].flat()) assertNotCompared(model, columns, one)
    const isWhether = wanted === null || wanted === undefined || (wanted as { not?: unknown }).not === null
    if (name in columns && !isWhether) throw new Error(`What ${name} of ${model} says is sealed, and cannot be looked for.`)
  }
}

/** Of rows that are not named by their id, sealed fields can only be emptied: a text would be the same for all. */
function emptied (model: string, sealed: SealedColumns, fields: Fields): Fields {
  const closed = sealed.close(model, '', fields)
  const isText = Object.keys(fields).some(field => typeof fields[field] === 'string' && closed[field] !== fields[field])
  if (isText) throw new Error(`A sealed column of ${model} is written by the id of its row.`)
  return closed
}
