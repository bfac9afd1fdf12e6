import { CsvError, parse } from 'csv-parse/sync'
import { csvOf, plainCell } from '../csv.ts'
import { ProgrammeRefused } from './errors.ts'
import { programmeColumns } from './schema.ts'
import type { ProgrammeRow } from './schema.ts'

/** A row as it stands in the file; `row` is its number in a spreadsheet, where the columns' names are row 1. */
export interface ProgrammeRecord {
  row: number
  cells: Record<keyof ProgrammeRow, string>
}

/** Something wrong with a file, and where, as far as that can be said. */
export interface ProgrammeProblem {
  row?: number
  column?: string
  text: string
}

/** More than a year's programme of a large partnership; all of it is one transaction. */
const mostRows = 5000

/**
 * Reads a programme file (RFC 4180, UTF-8): each row that is not blank, by the names of its columns.
 * Throws `ProgrammeRefused` for a file whose rows cannot be told.
 */
export function readProgrammeFile (bytes: Uint8Array): ProgrammeRecord[] {
  const [names = [], ...rows] = parseCsv(textOf(bytes))
  const columns = names.map(name => name.trim().toLowerCase())
  assertColumns(columns)
  const filled = rows.map((cells, n) => ({ row: n + 2, cells })).filter(({ cells }) => cells.some(cell => cell.trim() !== ''))
  if (filled.length === 0) throw new ProgrammeRefused([{ text: 'The file has no rows below the names of its columns.' }])
  if (filled.length > mostRows) throw new ProgrammeRefused([{ text: `The file has more than ${mostRows} rows.` }])

  const ragged = filled.filter(({ cells }) => cells.length !== columns.length)
  if (ragged.length > 0) {
    throw new ProgrammeRefused(ragged.map(({ row, cells }) => ({
      row, text: `has ${cells.length} cells where there are ${columns.length} columns`
    })))
  }
  return filled.map(({ row, cells }) => ({
    row, cells: Object.fromEntries(columns.map((name, n) => [name, plainCell(cells[n] ?? '')])) as ProgrammeRecord['cells']
  }))
}

function textOf (bytes: Uint8Array): string {
  const [first, second] = bytes
  if ((first === 0xFF && second === 0xFE) || (first === 0xFE && second === 0xFF)) {
    throw new ProgrammeRefused([{ text: 'The file is in UTF-16: save it as “CSV UTF-8”.' }])
  }
  const text = new TextDecoder().decode(bytes)
  if (text.trim() === '') throw new ProgrammeRefused([{ text: 'The file is empty.' }])
  const odd = Buffer.from(text).equals(withoutMark(bytes)) ? -1 : text.indexOf('\uFFFD')
  if (odd >= 0) {
    const row = text.slice(0, odd).split('\n').length
    throw new ProgrammeRefused([{ row, text: 'is not in UTF-8: save the file as “CSV UTF-8”' }])
  }
  return text
}

/** The decoder leaves the byte order mark out. */
function withoutMark (bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xEF && bytes[1] === 0xBB && bytes[2] === 0xBF ? bytes.subarray(3) : bytes
}

function parseCsv (text: string): string[][] {
  try {
    return parse(text, { relax_column_count: true })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new ProgrammeRefused([{
      row: Number(error.records ?? 0) + 1,
      text: error.code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'has a quotation mark that is never closed'
        : 'has a quotation mark in the middle of a cell: put the whole cell in quotation marks and double those inside'
    }])
  }
}

function assertColumns (names: string[]): void {
  const known: readonly string[] = programmeColumns
  if (names.length === 1 && /[;\t]/.test(names[0] ?? '')) {
    throw new ProgrammeRefused([{ text: 'The columns must be separated by commas.' }])
  }
  const unknown = names.filter(name => !known.includes(name))
  const missing = known.filter(name => !names.includes(name))
  const repeated = new Set(names.filter((name, n) => known.includes(name) && names.indexOf(name) !== n))
  const problems = [
    ...unknown.map(name => name === ''
      ? { row: 1, text: 'has a column without a name' }
      : { row: 1, column: name, text: 'is not a column of a programme' }),
    ...[...repeated].map(column => ({ row: 1, column, text: 'is there more than once' })),
    ...missing.map(column => ({ row: 1, column, text: 'is missing' }))
  ]
  if (problems.length > 0) throw new ProgrammeRefused(problems)
}

/** Rows as a programme file, ready to be read again. */
export function programmeFileOf (rows: ReadonlyArray<Record<keyof ProgrammeRow, string>>): string {
  return csvOf([programmeColumns, ...rows.map(row => programmeColumns.map(column => row[column]))], '\n')
}
