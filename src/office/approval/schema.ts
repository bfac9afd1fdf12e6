import { DateTime } from 'luxon'
import { z } from 'zod'
import { answer, answerInLine, unknownField } from '../../platform/http/form-answers.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import { isId, pageNumber } from '../../platform/http/url-params.ts'
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

/** Which of the drafts that wait are shown; what is not understood is left out. */
export const readingFilter = z.object({
  campaign: z.string().regex(/^[a-z0-9-]{1,200}$/).optional().catch(undefined),
  /** `-` stands for none. */
  district: z.string().min(1).max(100).optional().catch(undefined).transform(name => name === '-' ? '' : name),
  kind: z.string().regex(/^[a-z-]{1,40}$/).optional().catch(undefined),
  day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/).refine(day => DateTime.fromISO(day, { zone: 'utc' }).isValid).optional().catch(undefined),
  page: z.unknown().transform(pageNumber)
})
export type ReadingQuery = z.output<typeof readingFilter>

export const readingFields = ['campaign', 'district', 'kind', 'day'] as const

/** A draft and the version of it that was read: `id.version`. */
const chosenOne = z.string().max(100, reload).refine(text => {
  const [id = '', read = '', ...rest] = text.split('.')
  return isId(id) && isId(read) && rest.length === 0
}, reload).transform(text => ({ id: text.split('.')[0] ?? '', read: text.split('.')[1] ?? '' }))

/** Approving several drafts, each as it was read. */
export const severalForm = z.strictObject({
  chosen: z.preprocess(given => given === undefined ? [] : [given].flat(), z.array(chosenOne, reload).max(100, reload))
    .refine(some => some.length > 0, 'Tick what you have read and want to approve'),
  confirmed
}, { error: unknownField })

/** What is ticked in such a form, as far as it can be read. */
export function chosenToApprove (body: unknown): string[] {
  return [(body as { chosen?: unknown } | undefined)?.chosen].flat().filter(one => typeof one === 'string')
}

/** The button that approves one draft, with the version of it that its page showed. */
export const approvalButton = z.strictObject({ confirmed, read: z.guid(reload).optional() }, { error: unknownField })
