import { z } from 'zod'
import { confirmed } from '../../identity/staff/schema.ts'
import { isDay } from '../../platform/clock.ts'
import { answer, answerAsDay, answerInLine, submission, unknownField } from '../../platform/http/form-answers.ts'
import { isId } from '../../platform/http/url-params.ts'
import { idFromForm } from '../../platform/named-id.ts'
import { everyoneReads } from '../../programme/support/public-text.ts'
import type { NewSuccession } from './commands.ts'
import { ofAgency, ofPartnership } from './succession.ts'
import type { Predecessor } from './succession.ts'

export const successionFields = ['from', 'district', 'successor', 'day'] as const

const chosen = 'Select what changes from the list'
const wrongDay = 'Enter a day after today, like 2027-04-01'

/** How a form says what passes: `agency:` with an id, `partnership:` with a name. */
export function valueOf ({ partnership, agencyId }: Predecessor): string {
  return agencyId === undefined ? `partnership:${partnership}` : `agency:${agencyId}`
}

function predecessorIn (value: string): Predecessor | undefined {
  const [, kind, which = ''] = /^(agency|partnership):(.+)$/s.exec(value) ?? []
  if (kind === 'partnership') return ofPartnership(which)
  return kind === 'agency' && isId(which) ? ofAgency(which) : undefined
}

/** A change of who runs or leads what; `today` is the office's, `districts` those that there are. */
export function successionForm (today: string, districts: readonly string[]) {
  return z.strictObject({
    from: answer('What changes', chosen).transform((value, context) => {
      const found = predecessorIn(value)
      if (found === undefined) context.addIssue({ code: 'custom', message: chosen })
      return found ?? z.NEVER
    }),
    district: answer('Where').refine(
      district => district === '' || districts.includes(district), 'Select a district from the list'),
    successor: answerInLine('The new name', 'Enter the new name', 200).superRefine(everyoneReads()),
    day: answerAsDay('The day', wrongDay).refine(day => isDay(day) && day > today, wrongDay),
    submission,
    confirmed
  }, { error: unknownField }).transform(({ from, submission, confirmed, ...rest }): NewSuccession =>
    ({ ...rest, ...from, confirmed, id: idFromForm(submission, { ...from, ...rest }) }))
}
