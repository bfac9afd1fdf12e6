import { z } from 'zod'
import { answer, optional } from '../../platform/http/form-answers.ts'
import { isQuarter, quartersIn } from './quarters.ts'
import type { Span } from './quarters.ts'
import { groupings } from './report.ts'

/** The longest span of a report, in quarters: ten years. */
const mostQuarters = 40

const fromUnknown = 'Select the first quarter from those on the page'
const toUnknown = 'Select the last quarter from those on the page'
const byUnknown = 'Select the lines from those on the page'

/** What may be chosen of a report, with what there is to choose from. */
export function reportChoice (
  { campaigns, agencies, usual }: {
    campaigns: ReadonlyArray<{ slug: string }>, agencies: ReadonlyArray<{ slug: string }>, usual: Span
  }
) {
  const oneOf = (noun: string, slugs: ReadonlyArray<{ slug: string }>) =>
    optional(answer(noun).refine(given => slugs.some(({ slug }) => slug === given), `Select the ${noun.toLowerCase()} from those on the page`))
  return z.object({
    from: optional(answer('From', fromUnknown).refine(isQuarter, fromUnknown)),
    to: optional(answer('To', toUnknown).refine(isQuarter, toUnknown)),
    campaign: oneOf('Campaign', campaigns),
    agency: oneOf('Organisation', agencies),
    by: optional(answer('Lines', byUnknown).pipe(z.enum(groupings, byUnknown)))
  }).transform(({ from = usual.from, to = from > usual.to ? from : usual.to, campaign, agency, by = 'campaign' }) =>
    ({ from, to, campaign, agency, by }))
    .refine(({ from, to }) => from <= to, { path: ['to'], error: 'The last quarter must not be before the first' })
    .refine(({ from, to }) => from > to || quartersIn({ from, to }).length <= mostQuarters, {
      path: ['to'], error: 'A report can be of 10 years at most'
    })
}

export const reportFields = ['from', 'to', 'campaign', 'agency', 'by'] as const
export type ReportField = typeof reportFields[number]
export type ReportChoice = z.output<ReturnType<typeof reportChoice>>
