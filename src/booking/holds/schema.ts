import { z } from 'zod'
import { answer, answerAsDay, answerInNumbers, optional, unknownField } from '../../platform/http/form-answers.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import { canonicalCode } from './code.ts'

const lastDay = answerAsDay('The last day', 'Enter the last day')
  .min(1, { error: 'Enter the last day', abort: true })
  .regex(/^\d{4}-\d{2}-\d{2}$/, 'The last day must be a date like 2026-12-01')

const places = answerInNumbers('Places', 1, 100_000)

const code = optional(answer('Code', 'Code is missing').transform(canonicalCode)
  .pipe(z.string().regex(/^[A-Z0-9]{4,20}$/, 'Code must be 4 to 20 letters from A to Z and digits')))

const whichAgency = 'Select the agency that the places are for'

/**
 * The form on which organisers keep places for one of `agencies`. The form names it by its slug; the result has its id.
 */
export function holdForm (agencies: ReadonlyArray<{ id: string, slug: string }>) {
  const ids = new Map(agencies.map(({ id, slug }) => [slug, id]))
  return z.strictObject({
    agency: answer('Agency', whichAgency).transform(slug => ids.get(slug)).pipe(z.string(whichAgency)),
    places,
    last_day: lastDay,
    code
  }, { error: unknownField })
}

export const holdFields = ['agency', 'places', 'last_day', 'code'] as const

/** The form that changes a hold. */
export const holdChangeForm = z.strictObject({ places, last_day: lastDay, confirmed }, { error: unknownField })

export const holdChangeFields = ['places', 'last_day'] as const
