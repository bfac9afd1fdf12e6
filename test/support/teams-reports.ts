import type { DateTime } from 'luxon'

/*
 * Attendance reports as Teams writes them, byte for byte, in each of its layouts: docs/attendance-reports.md says where
 * each is known from.
 */

export interface InReport {
  name: string
  email?: string
  role?: string
  /** From and to, in minutes after the start of the activity. */
  joins: Array<[from: number, to: number]>
}

/** How the organiser's program writes a time. */
export const timeFormats = {
  american: 'L/d/yy, h:mm:ss a', 'american, long': 'L/d/yyyy, h:mm:ss a', british: 'd/L/yyyy, HH:mm:ss', iso: 'yyyy-LL-dd HH:mm:ss'
} as const
export type TimeFormat = keyof typeof timeFormats

export interface Report {
  people: readonly InReport[]
  startsAt: DateTime
  format?: TimeFormat
  zone?: string
}

export const layouts = ['numbered blocks', 'numbered blocks without joins', 'summary and list', 'joins and leaves'] as const
export type Layout = typeof layouts[number]

/** The rows of a report. */
export function rowsOf (layout: Layout, { people, startsAt, format = 'american', zone = 'Europe/London' }: Report): string[][] {
  const time = (minutes: number) =>
    startsAt.setZone(zone).plus({ minutes }).setLocale('en').toFormat(timeFormats[format])
  const lasted = (seconds: number) => [
    ...seconds >= 3600 ? [`${Math.floor(seconds / 3600)}h`] : [],
    ...seconds >= 60 ? [`${Math.floor(seconds / 60) % 60}m`] : [],
    `${seconds % 60}s`
  ].join(' ')
  const sum = ({ joins }: InReport) => joins.reduce((sum, [from, to]) => sum + (to - from) * 60, 0)
  const first = ({ joins }: InReport) => time(Math.min(...joins.map(([from]) => from)))
  const last = ({ joins }: InReport) => time(Math.max(...joins.map(([, to]) => to)))
  const summary = [
    ['Meeting title', 'Staying safe online'], ['Attended participants', String(people.length)], ['Start time', time(-5)],
    ['End time', time(35)], ['Meeting duration', '40m 0s'], ['Average attendance time', '25m 3s']
  ]
  const participants = [
    ['Name', 'First Join', 'Last Leave', 'In-Meeting Duration', 'Email', 'Participant ID (UPN)', 'Role'],
    ...people.map(person => [
      person.name, first(person), last(person), lasted(sum(person)), person.email ?? '', person.email ?? '', person.role ?? 'Attendee'
    ])
  ]
  const activities = [
    ['Name', 'Join Time', 'Leave Time', 'Duration', 'Email', 'Role'],
    ...people.flatMap(({ name, email = '', role = 'Attendee', joins }) => joins.map(([from, to]) =>
      [name, time(from), time(to), lasted((to - from) * 60), email, role]))
  ]
  switch (layout) {
    case 'numbered blocks': return [
      ['1. Summary'], ...summary, [], ['2. Participants'], ...participants, [], ['3. In-Meeting Activities'], ...activities
    ]
    case 'numbered blocks without joins': return [['1. Summary'], ...summary, [], ['2. Participants'], ...participants]
    case 'summary and list': return [
      ['Meeting Summary'], ['Total Number of Participants', String(people.length)], ['Meeting Title', 'Staying safe online'],
      ['Meeting Start Time', time(-5)], ['Meeting End Time', time(35)], ['Meeting Id', '453adbad-3672-4bde-92d0-6be3049eb379'],
      [], ['Full Name', 'Join Time', 'Leave Time', 'Duration', 'Email', 'Role', 'Participant ID (UPN)'],
      ...people.flatMap(({ name, email = '', role = 'Attendee', joins }) => joins.map(([from, to]) =>
        [name, time(from), time(to), lasted((to - from) * 60), email, role, email]))
    ]
    case 'joins and leaves': return [
      ['Full Name', 'User Action', 'Timestamp'],
      ...people.flatMap(({ name, joins }) => joins.flatMap(([from, to], n) => [
        [name, n === 0 && from <= 0 ? 'Joined before' : 'Joined', time(from)], [name, 'Left', time(to)]
      ]))
    ]
  }
}

/** As Teams saves it: UTF-16 with a mark, tabs, and lines that end in CR and LF. */
export function asDownloaded (rows: readonly string[][]): Buffer {
  return Buffer.from(`\uFEFF${rows.map(cells => cells.join('\t')).join('\r\n')}\r\n`, 'utf16le')
}

/** As a spreadsheet saves it: UTF-8 with another separator, all rows equally long, and quotation marks where needed. */
export function asResaved (rows: readonly string[][], separator: ',' | ';' = ','): Buffer {
  const width = Math.max(...rows.map(cells => cells.length))
  const quoted = (cell: string) => new RegExp(`[${separator}"]`).test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
  return Buffer.from(`\uFEFF${rows.map(cells =>
    Array.from({ length: width }, (_, n) => quoted(cells[n] ?? '')).join(separator)).join('\r\n')}\r\n`)
}
