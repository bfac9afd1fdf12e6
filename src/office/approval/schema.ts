import { z } from 'zod'
import { answer, answerInLine, unknownField } from '../../platform/http/form-answers.ts'
import { isId } from '../../platform/http/url-params.ts'
import type { Approval } from './coordinators.ts'

const reload = 'Load the page again and fill it in once more'

/** The form that sends a draft back to its organisers. */
export const returnForm = z.strictObject({
  reason: answerInLine('What has to change', 'Say what has to change', 500)
}, { error: unknownField })

const emailsMissing = 'Select whether you want these emails'

/** The form that says whether someone is emailed about what waits for them. */
export const digestsForm = z.strictObject({
  emails: answer('Emails', emailsMissing).pipe(z.enum(['yes', 'no'], emailsMissing))
}, { error: unknownField }).transform(({ emails }) => ({ isOff: emails === 'no' }))

export const digestsFields = ['emails'] as const

/** Stands for every district of a campaign. */
export const everywhere = '*'

/** The form that says who approves, in which districts: `id:district`, or `id:*` for all. */
export function approvalForm (districts: readonly string[]) {
  const area = z.string().max(300, reload).refine(text => {
    const [id = '', ...rest] = text.split(':')
    return isId(id) && [everywhere, ...districts].includes(rest.join(':'))
  }, reload)
  return z.strictObject({
    approval: answer('Approval', 'Select whether a coordinator approves what becomes public')
      .pipe(z.enum(['yes', 'no'], 'Select whether a coordinator approves what becomes public')),
    areas: z.preprocess(given => given === undefined ? [] : [given].flat(), z.array(area, reload).max(2000, reload)),
    edition: answer('Form', reload).max(100, reload)
  }, { error: unknownField }).transform(({ approval, areas, edition }): { wanted: Approval, versionHash: string } => ({
    wanted: { isNeeded: approval === 'yes', areas: areasOf(areas) }, versionHash: edition
  }))
}

export const approvalFields = ['approval', 'areas'] as const

/** The districts of each coordinator; all of them where all are ticked, whatever else is. */
function areasOf (ticked: readonly string[]): Record<string, string[]> {
  const pairs = ticked.map(text => [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)] as const)
  return Object.fromEntries([...Map.groupBy(pairs, ([id]) => id)].map(([id, of]) => {
    const districts = of.map(([, district]) => district)
    return [id, districts.includes(everywhere) ? [] : [...new Set(districts)].sort()]
  }))
}
