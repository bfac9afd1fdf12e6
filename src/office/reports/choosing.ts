import type { FormErrors } from '../../platform/http/form-errors.ts'
import { agenciesToldApart, campaignsToldApart, groupingInWords } from './in-words.ts'
import { isQuarter, quarterInWords, quartersIn } from './quarters.ts'
import type { Span } from './quarters.ts'
import type { NamedCampaign } from './queries.ts'
import { groupings } from './report.ts'
import type { ReportField } from './schema.ts'

/** What there is to choose from. */
export interface Choices {
  campaigns: readonly NamedCampaign[]
  agencies: ReadonlyArray<{ slug: string, name: string }>
  /** All quarters that may be chosen. */
  quarters: Span
  usual: ReadonlyArray<Span & { name: string }>
}

/** The form with which a report is chosen; `values` as chosen or typed. */
export function choosingOf (
  choices: Choices, values: Partial<Record<ReportField, string | undefined>>, errors?: FormErrors
) {
  // What was chosen by the address is among them, or the form would show another span than the report below it.
  const chosen = [values.from ?? '', values.to ?? ''].filter(isQuarter)
  const quarters = [...new Set([...quartersIn(choices.quarters), ...chosen])].toSorted().toReversed()
  const select = (name: ReportField, items: ReadonlyArray<{ value: string, text: string }>) =>
    items.map(item => ({ ...item, selected: item.value === (values[name] ?? '') }))
  const inWords = (quarter: string) => ({ value: quarter, text: quarterInWords(quarter) })
  return {
    errors,
    from: select('from', quarters.map(inWords)),
    to: select('to', quarters.map(inWords)),
    campaign: select('campaign', [
      { value: '', text: 'All campaigns' },
      ...campaignsToldApart(choices.campaigns).map(({ slug, name }) => ({ value: slug, text: name }))
    ]),
    agency: select('agency', [
      { value: '', text: 'Everyone' },
      ...agenciesToldApart(choices.agencies).map(({ slug, name }) => ({ value: slug, text: name }))
    ]),
    by: select('by', groupings.map(by => ({ value: by, text: groupingInWords[by].choice }))),
    usual: choices.usual.map(({ name, from, to }) => ({ name, href: addressOf({ ...values, from, to }) }))
  }
}

/** The address of a report; `file` is what comes behind `/staff/reports`. */
export function addressOf (choice: Partial<Record<ReportField, string | undefined>>, file = ''): string {
  const given = Object.entries(choice).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '')
  return `/staff/reports${file}${given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`}`
}
