import { byteOrderMark, csvOf } from '../../platform/csv.ts'
import { mostRows, workbookOf } from '../../platform/xlsx.ts'
import type { CellKind as SheetCellKind } from '../../platform/xlsx.ts'
import type { Cells } from './attendee-list.ts'
import type { CellKind, ListColumn } from './columns.ts'
import { spellings } from './csv-cells.ts'

/** A list that is about to be written, whatever the format. */
export interface Written {
  title: string
  columns: readonly ListColumn[]
  /** How many rows there will be. */
  count: number
  portions: AsyncIterable<Cells>
  /** What the list is: lines of what and which. */
  about: ReadonlyArray<readonly [what: string, which: string]>
}

export interface ListFormat {
  /** In plain words, for people who choose. */
  text: string
  mediaType: string
  /** How many rows it can have. */
  most: number
  /**
   * Writes a list while it is read. One that fails is cut off so that nobody takes it for a whole one: it fails too,
   * after it has said so if it can.
   */
  write: (list: Written) => AsyncIterable<Buffer>
}

const formats = {
  xlsx: {
    text: 'Excel workbook (XLSX)',
    mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    most: mostRows,
    write: asWorkbook
  },
  csv: { text: 'CSV, for other programs', mediaType: 'text/csv; charset=utf-8', most: Infinity, write: asCsv }
} as const satisfies Record<string, ListFormat>

export type FormatName = keyof typeof formats

/** The formats in which a list can be had, by the extension of their files, the usual one first. */
export const listFormats: Record<FormatName, ListFormat> = formats
export const formatNames = Object.keys(formats) as [FormatName, ...FormatName[]]

/** Ends a list that is not whole; where a file of CSV breaks off, nothing else tells. */
export const cutOff = 'THIS LIST IS NOT COMPLETE. Something went wrong while it was made. Download it again.'

async function * asCsv ({ columns, portions }: Written): AsyncGenerator<Buffer, void> {
  const spelled = columns.map(({ kind }) => spellings[kind])
  yield Buffer.from(byteOrderMark + csvOf([columns.map(({ name }) => name)], '\r\n'))
  try {
    for await (const rows of portions) {
      yield Buffer.from(csvOf(rows, '\r\n', spelled))
    }
  } catch (error) {
    yield Buffer.from(csvOf([[cutOff]], '\r\n'))
    throw error
  }
}

/** A workbook says itself what is text: what looks like a number or a formula needs no spelling of its own. */
const sheetKinds: Record<CellKind, SheetCellKind> = {
  word: 'text', text: 'text', 'long text': 'long text', phone: 'text', number: 'number', moment: 'moment'
}

function asWorkbook ({ title, columns, count, portions, about }: Written): AsyncIterable<Buffer> {
  return workbookOf({
    title,
    name: 'Attendees',
    columns: columns.map(({ heading, kind, width }) => ({ heading, width, kind: sheetKinds[kind] })),
    count,
    portions,
    about: { name: 'About this list', lines: about }
  })
}
