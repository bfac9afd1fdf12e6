import { csvFile } from '../../platform/csv.ts'
import type { weekReportInWords } from './staff-page.ts'

const columns = [
  'table', 'name', 'activities', 'took_place', 'cancelled', 'not_said', 'people_reached', 'premises_visited', 'leaflets_given',
  'conversations', 'number', 'year_before'
] as const

/** The report as one CSV file for Excel. Each cell says what the page says. */
export function weekReportFile (
  { headline, divisions, bookings, handedOver, learnt }: ReturnType<typeof weekReportInWords>
): string {
  const none = Array<string>(8).fill('')
  const rows = [
    ...headline.map(({ text, number, before = '' }) => ['Main numbers', text, ...none, plain(number), plain(before)]),
    ...divisions.flatMap(({ heading, rows }) => rows.map(({ name, cells }) => [heading, name, ...cells.map(plain), '', ''])),
    ...bookings?.rows.map(({ name, said, before = '' }) => ['Activities with booking', name, ...none, plain(said), plain(before)]) ?? [],
    ...handedOver.map(({ name, given, before = '' }) => ['Resources handed over', name, ...none, plain(given), plain(before)]),
    ...learnt.map(text => ['What was learnt', text, ...none, '', ''])
  ]
  return csvFile(columns, rows)
}

/** Without the comma between thousands, with which a spreadsheet may take a number for a text. */
function plain (number: string): string {
  return number.replaceAll(/(?<=\d),(?=\d{3})/g, '')
}
