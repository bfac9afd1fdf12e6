import { CsvError, parse } from 'csv-parse/sync'
import { rowEnds } from '../../platform/csv.ts'
import { visibleText } from '../../platform/typed.ts'
import { ReportRefused } from './errors.ts'
import { belongsTo, overlap } from './presence.ts'
import type { Presence, Span } from './presence.ts'
import { instantOf, orderOf, readDuration, readTime } from './report-times.ts'
import type { WrittenTime } from './report-times.ts'

/** What someone was in a meeting; undefined: the report does not say. */
export type MeetingRole = 'organiser' | 'presenter' | 'attendee'

/** One line of a report: who was there, and when. */
export interface ReportedJoin {
  /** As they typed it, or as their account says. */
  name: string
  /** Only of people who are signed in. */
  address: string | undefined
  role: MeetingRole | undefined
  presence: Presence
}

/** When an activity takes place, and the zone in which times without one are read. */
export interface EventTimes extends Span { zone: string }

/** More than Teams lets into one meeting, with several joins each. */
const maxRows = 20_000

const longestName = 200

/**
 * The columns of all layouts, by their headings in English, and in Portuguese for the one layout of which those are
 * known: docs/attendance-reports.md.
 */
const columns = {
  name: ['name', 'full name', 'nome completo'],
  joined: ['first join', 'join time'],
  left: ['last leave', 'leave time'],
  duration: ['in-meeting duration', 'duration'],
  address: ['registration email', 'email'],
  account: ['participant id (upn)'],
  role: ['role'],
  action: ['user action', 'atividade'],
  timestamp: ['timestamp', 'carimbo de data/hora']
} as const satisfies Record<string, readonly string[]>

type Column = keyof typeof columns

/** A block of rows under one heading, with the zone of its times: some headings say that it is UTC. */
interface Block { at: Partial<Record<Column, number[]>>, zone: string, rows: string[][] }

/** A row that has been read, with its times as they are written. */
interface Row {
  name: string
  address: string | undefined
  role: MeetingRole | undefined
  joined: WrittenTime
  /** Undefined: they had not left yet when the report was downloaded. */
  left: WrittenTime | undefined
  seconds: number | undefined
}

/**
 * Reads an attendance report as Teams lets organisers download it, in each of its layouts: the list of joins and leaves
 * of 2020, the list below a summary of 2021, and the three numbered blocks of today; in UTF-16 with tabs, or as a
 * spreadsheet has saved it. docs/attendance-reports.md says where each layout is known from.
 *
 * Returns the joins that belong to the activity. Throws `ReportRefused`, with one sentence, for anything else.
 */
export function readReportFile (bytes: Uint8Array, event: EventTimes): ReportedJoin[] {
  const rows = rowsOf(blocksIn(tableOf(textOf(bytes)), event.zone))
  if (rows.length === 0) throw new ReportRefused('empty')
  const joinable = belongsTo(event)
  const times = rows.flatMap(({ joined, left }) => left === undefined ? [joined] : [joined, left])
  const order = orderOf(times, joinable)
  if (order === 'both') throw new ReportRefused('either-order')
  if (order === 'none') throw new ReportRefused('another-day')

  const last = Math.max(...times.map(time => instantOf(time, order) ?? 0))
  return rows.flatMap(({ name, address, role, ...row }) => {
    const from = instantOf(row.joined, order)
    const to = row.left === undefined ? last : instantOf(row.left, order)
    if (from === undefined || to === undefined || to < from || !overlap(joinable, { from, to: to + 1 })) return []
    const seconds = Math.min(row.seconds ?? Infinity, (to - from) / 1000)
    return [{ name, address, role, presence: { from, to, seconds } }]
  })
}

function textOf (bytes: Uint8Array): string {
  const [first, second, third, fourth] = bytes
  const isLittle = (first === 0xFF && second === 0xFE) || (first !== 0 && second === 0 && third !== 0 && fourth === 0)
  const isBig = (first === 0xFE && second === 0xFF) || (first === 0 && second !== 0 && third === 0 && fourth !== 0)
  try {
    const text = new TextDecoder(isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8', { fatal: true }).decode(bytes)
    if (text.trim() === '') throw new ReportRefused('empty')
    return text
  } catch (error) {
    // A TypeError: the bytes are no text in this encoding.
    if (!(error instanceof TypeError)) throw error
    throw new ReportRefused('no-text')
  }
}

/** The cells of a file, by the separator with which most of its headings are found. */
function tableOf (text: string): string[][] {
  const lines = text.split(/\r\n|\n|\r/)
  const [best = '\t'] = ['\t', ',', ';'].map(delimiter => ({
    delimiter, found: Math.max(0, ...lines.slice(0, 200).map(line => countColumns(line.split(delimiter))))
  })).sort((one, other) => other.found - one.found).map(({ delimiter }) => delimiter)
  try {
    const table = parse(text, {
      delimiter: best, record_delimiter: rowEnds, relax_column_count: true, relax_quotes: true
    }) as string[][]
    if (table.length > maxRows) throw new ReportRefused('too-long')
    return table.map(cells => cells.map(cell => visibleText(cell).replaceAll(/\s+/gu, ' ').trim()))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new ReportRefused('no-table')
  }
}

/** A heading in small letters, without the zone that some have in brackets. */
function headingOf (cell: string): string {
  return visibleText(cell).replaceAll('"', '').toLowerCase().replace(/\(utc\)/, '').replaceAll(/\s+/gu, ' ').trim()
}

function columnsIn (cells: readonly string[]): Block['at'] {
  const headings = cells.map(headingOf)
  return Object.fromEntries(Object.entries(columns).map(([column, names]) =>
    [column, names.map(name => headings.indexOf(name)).filter(at => at >= 0)] as const
  ).filter(([, at]) => at.length > 0))
}

function countColumns (cells: readonly string[]): number {
  return Object.keys(columnsIn(cells)).length
}

/** The blocks of a report that say who was there when. A block ends at an empty row, or where the next begins. */
function blocksIn (table: readonly string[][], zone: string): Block[] {
  const blocks: Block[] = []
  let current: Block | undefined
  for (const cells of table) {
    const at = columnsIn(cells)
    if (at.name !== undefined && (at.joined !== undefined || at.action !== undefined)) {
      current = { at, zone: cells.some(cell => /\(utc\)/i.test(cell)) ? 'UTC' : zone, rows: [] }
      blocks.push(current)
    } else if (cells.every(cell => cell === '') || /^\d\. /.test(cells[0] ?? '')) {
      current = undefined
    } else {
      current?.rows.push(cells)
    }
  }
  if (blocks.length === 0) throw new ReportRefused('no-headings')
  return blocks
}

/**
 * The rows of a report, each once: where it lists every join, the list of people with their first join and last leave
 * is only for those whose joins it does not list.
 */
function rowsOf (blocks: readonly Block[]): Row[] {
  const lists = blocks.map(block => block.at.action === undefined ? joinsIn(block) : pairedIn(block))
  const [people = [], ...joins] = lists
  const detailed = joins.flat()
  const listed = new Set(detailed.map(keyOf))
  return [...people.filter(row => !listed.has(keyOf(row))), ...detailed]
}

const keyOf = ({ name, address }: Row) => `${address ?? ''} ${name}`

function cellIn ({ at }: Block, cells: readonly string[], column: Column): string {
  return (at[column] ?? []).map(n => cells[n] ?? '').find(cell => cell !== '') ?? ''
}

function personIn (block: Block, cells: readonly string[]) {
  const address = [cellIn(block, cells, 'address'), cellIn(block, cells, 'account')]
    .find(text => /^[^\s@]+@[^\s@]+$/.test(text) && text.length <= 254)
  return {
    name: Array.from(cellIn(block, cells, 'name')).slice(0, longestName).join(''),
    address,
    role: roleOf(cellIn(block, cells, 'role'))
  }
}

/** The time in a cell; undefined if it is empty: who registered and did not come has none. */
function timeIn (block: Block, cells: readonly string[], column: Column): WrittenTime | undefined {
  const text = cellIn(block, cells, column)
  if (text === '') return undefined
  const time = readTime(text, block.zone)
  if (time === undefined) throw new ReportRefused('no-times')
  return time
}

function joinsIn (block: Block): Row[] {
  return block.rows.flatMap(cells => {
    const person = personIn(block, cells)
    const joined = timeIn(block, cells, 'joined')
    const left = timeIn(block, cells, 'left')
    if (person.name === '' || joined === undefined) return []
    return [{ ...person, joined, left, seconds: readDuration(cellIn(block, cells, 'duration')) }]
  })
}

/** `Joined before`: before whoever downloaded the list did. */
const hasJoined = /^(?:joined|ingressou|entrou)\b/i
const hasLeft = /^(?:left|saiu)\b/i

/** Joins and leaves that stand in a row of their own each, in the order in which they happened. */
function pairedIn (block: Block): Row[] {
  const lines = block.rows.flatMap(cells => {
    const at = timeIn(block, cells, 'timestamp')
    const person = personIn(block, cells)
    const action = cellIn(block, cells, 'action')
    if (at === undefined || person.name === '' || !(hasJoined.test(action) || hasLeft.test(action))) return []
    return [{ person, at, hasLeft: hasLeft.test(action) }]
  })
  return [...Map.groupBy(lines, ({ person }) => person.name).values()].flatMap(own => {
    const rows: Row[] = []
    let joined: WrittenTime | undefined
    for (const { person, at, hasLeft } of own) {
      if (!hasLeft) joined ??= at
      else if (joined !== undefined) rows.push({ ...person, joined, left: at, seconds: undefined })
      if (hasLeft) joined = undefined
    }
    const [first] = own
    if (first === undefined || joined === undefined) return rows
    return [...rows, { ...first.person, joined, left: undefined, seconds: undefined }]
  })
}

function roleOf (text: string): MeetingRole | undefined {
  const role = text.toLowerCase().replaceAll(/[\s-]/g, '')
  if (['organizer', 'organiser', 'coorganizer', 'coorganiser'].includes(role)) return 'organiser'
  return role === 'presenter' ? 'presenter' : role === 'attendee' ? 'attendee' : undefined
}
