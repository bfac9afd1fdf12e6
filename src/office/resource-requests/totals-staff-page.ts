import { DateTime } from 'luxon'
import { csvFile } from '../../platform/csv.ts'
import { freeOf, isLow } from '../../programme/resources/resource.ts'
import type { Resource } from '../../programme/resources/resource.ts'
import { organisationKindsInWords } from './in-words.ts'
import { added, sumsBy } from './totals.ts'
import type { Amounts, MonthOfResource, Period } from './totals.ts'

/** The periods to choose from. */
export function periodsOf (years: readonly string[], chosen: Period) {
  return [
    { value: 'last-12', text: 'The last 12 months' },
    ...years.map(year => ({ value: year, text: year })),
    { value: 'all', text: 'All of the time' }
  ].map(period => ({ ...period, selected: period.value === chosen }))
}

const flows = ['Asked for', 'Approved', 'Packed', 'Given out'].map(text => ({ text }))
const nothing: Amounts = { asked: 0, granted: 0, packed: 0, given: 0 }
const cellsOf = ({ asked, granted, packed, given }: Amounts) => [asked, granted, packed, given].map(number)

/** What was asked for and given out: by resource with what there is now, by kind of organisation, and by month. */
export function totalsPageOf (
  rows: readonly MonthOfResource[], months: ReadonlyArray<Amounts & { month: string }>, resources: readonly Resource[],
  period: Period
) {
  const total = rows.reduce<Amounts>(added, nothing)
  const isEmpty = rows.length === 0
  return {
    sentence: sentenceOf(total),
    tables: [
      ...resources.length === 0 ? [] : [resourcesTable(rows, resources, total)],
      ...isEmpty ? [] : [kindsTable(rows), monthsTable(months)]
    ],
    csv: isEmpty ? undefined : `/staff/resources/totals.csv?period=${period}`
  }
}

function resourcesTable (rows: readonly MonthOfResource[], resources: readonly Resource[], total: Amounts) {
  const byResource = sumsBy(rows, ({ resource }) => resource)
  const shown = resources.filter(({ name, isRetired }) => !isRetired || byResource.has(name))
  return {
    heading: 'By resource',
    first: 'Resource',
    columns: [...flows, { text: 'Promised now' }, { text: 'Left now' }],
    rows: [
      ...shown.map(resource => ({
        name: resource.name,
        isLow: isLow(resource),
        cells: [
          ...cellsOf(byResource.get(resource.name) ?? nothing), number(resource.promised), number(freeOf(resource))
        ]
      })),
      ...shown.length > 1 ? [{ name: 'All together', isLow: false, cells: [...cellsOf(total), '', ''] }] : []
    ]
  }
}

function kindsTable (rows: readonly MonthOfResource[]) {
  const kinds = [...sumsBy(rows, ({ organisationKind }) => organisationKind)]
    .map(([kind, amounts]) => ({ name: kindInWords(kind), amounts }))
    .sort((one, other) => other.amounts.asked - one.amounts.asked || one.name.localeCompare(other.name, 'en-GB'))
  return {
    heading: 'By kind of organisation',
    first: 'Kind',
    columns: flows,
    rows: kinds.map(({ name, amounts }) => ({ name, cells: cellsOf(amounts) }))
  }
}

function monthsTable (months: ReadonlyArray<Amounts & { month: string }>) {
  return {
    heading: 'By month',
    first: 'Month',
    columns: flows,
    // Months without anything are in the picture.
    rows: months.filter(({ asked, granted, packed, given }) => asked + granted + packed + given > 0)
      .map(({ month, ...amounts }) => ({ name: monthInWords(month), cells: cellsOf(amounts) })).reverse()
  }
}

function number (of: number): string {
  return of.toLocaleString('en-GB')
}

/** The picture in a sentence, for people who do not see it. */
function sentenceOf ({ asked, given }: Amounts): string {
  if (asked === 0 && given === 0) return 'Nobody asked for anything.'
  return `${number(asked)} ${asked === 1 ? 'thing was' : 'things were'} asked for, and ${given === 0 ? 'none' : number(given)} given out.`
}

/** The same numbers as a file, a line for each resource, month and kind of organisation. */
export function totalsFile (rows: readonly MonthOfResource[]): string {
  const head = ['resource', 'month', 'kind_of_organisation', 'asked', 'approved', 'packed', 'given_out']
  const lines = rows.map(({ resource, month, organisationKind, asked, granted, packed, given }) =>
    [resource, month, kindInWords(organisationKind), ...[asked, granted, packed, given].map(String)])
  return csvFile(head, lines)
}

function kindInWords (kind: MonthOfResource['organisationKind']): string {
  return kind === undefined ? 'Not known' : organisationKindsInWords[kind]
}

function monthInWords (month: string): string {
  return DateTime.fromISO(month, { zone: 'utc' }).setLocale('en-GB').toFormat('LLLL yyyy')
}
