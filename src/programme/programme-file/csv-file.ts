import { CsvError, parse } from 'csv-parse/sync'
import { csvOf, plainCell, rowEnds } from '../../platform/csv.ts'
import { visibleText } from '../../platform/typed.ts'
import { ProgrammeRefused } from './errors.ts'
import { programmeColumns } from './schema.ts'
import type { ProgrammeCells } from './schema.ts'

/** A row as it stands in the file; `row` is its number in a spreadsheet. */
export interface ProgrammeRecord {
  row: number
  cells: ProgrammeCells
  /** Fingerprint of the row when it was exported; undefined if the file has none. */
  edition: string | undefined
  /** Words that depend on the guess that the file is in Windows-1252; undefined: nothing was guessed. */
  toCheck?: readonly string[]
}

/** More than a year's programme of a large partnership; all of it is one transaction. */
const maxRows = 5000

/** Number of rows searched for the column names, which may come below a title and other text. */
const maxAbove = 20

/** The last column of an export; a file need not have it. */
const editionColumn = 'edition'
const knownColumns: readonly string[] = [...programmeColumns, editionColumn]

/**
 * Reads a programme file as spreadsheets save it: RFC 4180 in UTF-8, or with semicolons or tabs between its cells, or
 * in UTF-16 or Windows-1252, with rows above the column names and with empty columns. Returns each row that is not
 * blank, by column name. Throws `ProgrammeRefused` for a file whose rows cannot be made out.
 */
export function readProgrammeFile (bytes: Uint8Array): ProgrammeRecord[] {
  const { text, isGuessed } = textOf(bytes)
  const table = tableOf(text)
  const head = table.slice(0, maxAbove).findIndex(cells => countKnown(cells) > 1)
  if (head < 0) {
    throw new ProgrammeRefused([{
      text: `The file does not say which column is which. One of its rows must be: ${programmeColumns.join(',')}`
    }])
  }
  const columns = (table[head] ?? []).map(nameIn)
  const rows = table.map((cells, n) => ({ row: n + 1, cells: withoutEmptyEnd(cells) })).slice(head + 1)
  assertColumns(columns, head + 1, rows)

  const filled = rows.filter(({ cells }) => cells.length > 0)
  if (filled.length === 0) throw new ProgrammeRefused([{ text: 'The file has no rows below the names of its columns.' }])
  if (filled.length > maxRows) throw new ProgrammeRefused([{ text: `The file has more than ${maxRows} rows.` }])
  assertWhole(text, filled, withoutEmptyEnd(columns).length)

  return filled.map(({ row, cells }) => {
    const cellOf = (name: string) => plainCell(cells[columns.indexOf(name)] ?? '')
    const edition = columns.includes(editionColumn) ? visibleText(cellOf(editionColumn)).trim() : ''
    return {
      row,
      cells: Object.fromEntries(programmeColumns.map(name => [name, cellOf(name)])) as ProgrammeCells,
      edition: edition === '' ? undefined : edition,
      ...isGuessed && { toCheck: [...new Set(cells.flatMap(cell => cell.match(/\S*[^\p{ASCII}]\S*/gu) ?? []))] }
    }
  })
}

/** What a file says, and whether the letters beyond ASCII are a guess. */
function textOf (bytes: Uint8Array): { text: string, isGuessed: boolean } {
  const [first, second] = bytes
  // What Excel calls “Unicode text”.
  if (first === 0xFF && second === 0xFE) return { text: new TextDecoder('utf-16le').decode(bytes), isGuessed: false }
  if (first === 0xFE && second === 0xFF) return { text: new TextDecoder('utf-16be').decode(bytes), isGuessed: false }
  const text = new TextDecoder().decode(bytes)
  if (text.trim() === '') throw new ProgrammeRefused([{ text: 'The file is empty.' }])
  const odd = Buffer.from(text).equals(withoutMark(bytes)) ? -1 : text.indexOf('\uFFFD')
  if (odd < 0) return { text, isGuessed: false }
  if (mayBeWindows1252(bytes, text)) return { text: new TextDecoder('windows-1252').decode(bytes), isGuessed: true }
  const row = text.slice(0, odd).split('\n').length
  throw new ProgrammeRefused([{ row, text: 'is not in UTF-8: save the file as “CSV UTF-8”' }])
}

/**
 * Whether a file that is not in UTF-8 can be what Excel in the UK saves as “CSV (Comma delimited)”. A file with a mark
 * of UTF-8, or with any letter in it, is a damaged one; and five bytes mean nothing in Windows-1252, though the decoder
 * lets them pass.
 */
function mayBeWindows1252 (bytes: Uint8Array, asUtf8: string): boolean {
  const isInUtf8 = withoutMark(bytes) !== bytes || /[^\p{ASCII}\uFFFD]/u.test(asUtf8)
  return !isInUtf8 && !bytes.some(byte => byte === 0 || [0x81, 0x8D, 0x8F, 0x90, 0x9D].includes(byte))
}

/** The decoder drops the byte order mark. */
function withoutMark (bytes: Uint8Array): Uint8Array {
  return bytes[0] === 0xEF && bytes[1] === 0xBB && bytes[2] === 0xBF ? bytes.subarray(3) : bytes
}

/** The first row of some Excel files, which names the cell separator; Excel does not count it as a row. */
const separatorRow = /^"?sep=([,;\t])"?\r?\n/i

function tableOf (text: string): string[][] {
  const separator = separatorRow.exec(text)
  return parseCsv(text.slice(separator?.[0].length ?? 0), separator?.[1] ?? delimiterIn(text))
}

/** The cell separator: the one with which some row has most column names. */
function delimiterIn (text: string): string {
  const lines = text.split(/\r\n|\n|\r/, maxAbove)
  const found = [',', ';', '\t'].map(delimiter => ({
    delimiter, names: Math.max(...lines.map(line => countKnown(line.split(delimiter).map(name => name.replaceAll('"', '')))))
  }))
  return found.sort((one, other) => other.names - one.names)[0]?.delimiter ?? ','
}

function parseCsv (text: string, delimiter: string): string[][] {
  try {
    return parse(text, { delimiter, record_delimiter: rowEnds, relax_column_count: true })
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

/** The name of a column, in any spelling: `Lead agency` is `lead_agency`. */
function nameIn (cell: string): string {
  return visibleText(cell).trim().toLowerCase().replaceAll(/[\s\p{Pd}]+/gu, '_')
}

function countKnown (cells: readonly string[]): number {
  return new Set(cells.map(nameIn).filter(name => knownColumns.includes(name))).size
}

/** Spreadsheets add or drop empty cells after the last full one at will. */
function withoutEmptyEnd (cells: string[]): string[] {
  return cells.slice(0, cells.findLastIndex(cell => cell.trim() !== '') + 1)
}

interface Row { row: number, cells: string[] }

function assertColumns (names: readonly string[], row: number, rows: readonly Row[]): void {
  const unnamed = names.flatMap((name, n) => name === '' ? rows.find(({ cells }) => (cells[n] ?? '').trim() !== '') ?? [] : [])
  const unknown = names.filter(name => name !== '' && !knownColumns.includes(name))
  const repeated = new Set(names.filter((name, n) => knownColumns.includes(name) && names.indexOf(name) !== n))
  const missing = programmeColumns.filter(name => !names.includes(name))
  const problems = [
    ...unnamed.map(first => ({ row, text: `has a column without a name, and row ${first.row} has something in it` })),
    ...unknown.map(name => ({ row, column: name, text: 'is not a column of a programme' })),
    ...[...repeated].map(column => ({ row, column, text: 'is there more than once' })),
    ...missing.map(column => ({ row, column, text: 'is missing' }))
  ]
  if (problems.length > 0) throw new ProgrammeRefused(problems)
}

/** A file cut off in its last row would clear the cells that are missing from that row. */
function assertWhole (text: string, rows: readonly Row[], columns: number): void {
  const last = rows.at(-1)
  const breaksOff = !/[\r\n]$/.test(text) && last !== undefined && last.cells.length < columns
  const problems = rows.filter(({ cells }) => cells.length > columns).map(({ row, cells }) => ({
    row, text: `has ${cells.length} cells where there are ${columns} columns`
  }))
  if (breaksOff && problems.length === 0) {
    problems.push({ row: last.row, text: `has only ${last.cells.length} of ${columns} cells, and the file ends there: is it whole?` })
  }
  if (problems.length > 0) throw new ProgrammeRefused(problems)
}

/** Rows as a programme file, which can be read again. */
export function programmeFileOf (rows: ReadonlyArray<ProgrammeCells & { edition?: string }>): string {
  return csvOf([
    knownColumns, ...rows.map(row => [...programmeColumns.map(column => row[column]), row.edition ?? ''])
  ], '\n')
}
