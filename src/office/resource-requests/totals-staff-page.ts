import { DateTime } from 'luxon'
import { csvOf, byteOrderMark } from '../../platform/csv.ts'
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

/** What was asked for and given out: by resource with what there is now, by kind of organisation, and by month. */
export function totalsPageOf (
  rows: readonly MonthOfResource[], months: ReadonlyArray<Amounts & { month: string }>, resources: readonly Resource[],
  period: Period
) {
  const byResource = sumsBy(rows, ({ resource }) => resource)
  const shown = resources.filter(({ name, isRetired }) => !isRetired || byResource.has(name))
  const total = [...byResource.values()].reduce(added, { asked: 0, granted: 0, packed: 0, given: 0 })
  return {
    isEmpty: rows.length === 0,
    sentence: sentenceOf(total),
    total,
    resources: shown.map(resource => ({
      name: resource.name,
      ...byResource.get(resource.name) ?? { asked: 0, granted: 0, packed: 0, given: 0 },
      promised: resource.promised,
      left: freeOf(resource),
      isLow: isLow(resource)
    })),
    kinds: [...sumsBy(rows, ({ organisationKind }) => organisationKind)]
      .map(([kind, amounts]) => ({ name: kindInWords(kind), ...amounts }))
      .sort((one, other) => other.asked - one.asked || one.name.localeCompare(other.name, 'en-GB')),
    months: months.map(({ month, ...amounts }) => ({ name: monthInWords(month), ...amounts })).reverse(),
    csv: `/staff/resources/totals.csv?period=${period}`
  }
}

/** The picture in a sentence, for people who do not see it. */
export function sentenceOf ({ asked, given }: Amounts): string {
  const number = (of: number) => of.toLocaleString('en-GB')
  if (asked === 0 && given === 0) return 'Nobody asked for anything.'
  return `${number(asked)} ${asked === 1 ? 'thing was' : 'things were'} asked for, and ${number(given)} given out.`
}

/** The same numbers as a file, a line for each resource, month and kind of organisation. */
export function totalsFile (rows: readonly MonthOfResource[]): string {
  const head = ['resource', 'month', 'kind_of_organisation', 'asked', 'approved', 'packed', 'given_out']
  const lines = rows.map(({ resource, month, organisationKind, asked, granted, packed, given }) =>
    [resource, month, kindInWords(organisationKind), ...[asked, granted, packed, given].map(String)])
  return byteOrderMark + csvOf([head, ...lines], '\r\n')
}

function kindInWords (kind: MonthOfResource['organisationKind']): string {
  return kind === undefined ? 'Not known' : organisationKindsInWords[kind]
}

function monthInWords (month: string): string {
  return DateTime.fromISO(month, { zone: 'utc' }).setLocale('en-GB').toFormat('LLLL yyyy')
}
