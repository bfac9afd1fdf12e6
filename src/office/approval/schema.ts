import { z } from 'zod'
import { answer, answerInLine, unknownField, loadAgain, ticked, tickedIn } from '../../platform/http/form-answers.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import { dayAsked, isId, pageNumber } from '../../platform/http/url-params.ts'
import { looksEqual } from '../../platform/typed.ts'
import type { Area } from './areas.ts'
import type { Approval, CampaignApproval } from './coordinators.ts'

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

/** The form that names areas: one a line, like `North: Bolton, Bury`. */
export function areasForm (districts: readonly string[]) {
  return z.strictObject({
    areas: answer('Areas').max(20_000, 'Areas must be 20,000 characters or fewer').transform((text, context): Area[] => {
      const lines = text.split('\n').map(line => line.trim()).filter(line => line !== '')
      const read = lines.map(line => readArea(line, districts))
      const wrong = read.find(area => 'wrong' in area)?.wrong ?? twiceIn(read.filter(area => 'name' in area))
      if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong })
      return read.filter(area => 'name' in area)
    }),
    edition: answer('Form', loadAgain).max(100, loadAgain)
  }, { error: unknownField }).transform(({ areas, edition }) => ({ areas, versionHash: edition }))
}

export const areasFields = ['areas'] as const

/** An area of a line, or why it is none. */
function readArea (line: string, districts: readonly string[]): Area | { wrong: string } {
  const [name = '', ...rest] = line.split(':').map(part => part.trim().replace(/\s+/g, ' '))
  if (name === '' || rest.length !== 1) return { wrong: `Write “${line.slice(0, 60)}” as a name, a colon and its districts` }
  if (Array.from(name).length > 60) return { wrong: 'The name of an area must be 60 characters or fewer' }
  const typed = (rest[0] ?? '').split(',').map(part => part.trim()).filter(part => part !== '')
  if (typed.length === 0) return { wrong: `Give ${name} at least one district` }
  const found = typed.map(part => districts.find(district => looksEqual(district.toLowerCase(), part.toLowerCase())))
  const unknown = found.indexOf(undefined)
  if (unknown >= 0) return { wrong: `${(typed[unknown] ?? '').slice(0, 60)} is no district of this campaign` }
  return { name, districts: [...new Set(found.filter(district => district !== undefined))] }
}

/** Says which district or name is in several areas; undefined where none is. */
function twiceIn (areas: readonly Area[]): string | undefined {
  const twice = (texts: readonly string[]) => texts.find((text, n) => texts.indexOf(text) !== n)
  const district = twice(areas.flatMap(({ districts }) => districts))
  if (district !== undefined) return `${district} must be in one area only`
  const lower = twice(areas.map(({ name }) => name.toLowerCase()))
  const name = areas.find(area => area.name.toLowerCase() === lower)?.name
  return name === undefined ? undefined : `Write ${name} on one line, with all its districts`
}

/** Stands for every district of a campaign. */
export const everywhere = '*'

/** Before the name of an area in the form that says who approves; no district begins so. */
const areaSign = '='

/** What ticking an area for someone sends, after their id. */
export function areaChoice ({ name }: Area): string {
  return areaSign + name
}

/** The form that says who approves, and where: `id:district`, `id:=area`, or `id:*` for all of the campaign. */
export function approvalForm ({ districts, named }: Pick<CampaignApproval, 'districts' | 'named'>) {
  const area = z.string().max(300, loadAgain).refine(text => {
    const [id = '', ...rest] = text.split(':')
    return isId(id) && [everywhere, ...districts, ...named.map(areaChoice)].includes(rest.join(':'))
  }, loadAgain)
  return z.strictObject({
    approval: answer('Approval', 'Select whether a coordinator approves what becomes public')
      .pipe(z.enum(['yes', 'no'], 'Select whether a coordinator approves what becomes public')),
    areas: ticked(area, { most: 2000 }),
    edition: answer('Form', loadAgain).max(100, loadAgain)
  }, { error: unknownField }).transform(({ approval, areas, edition }): { wanted: Approval, versionHash: string } => ({
    wanted: { isNeeded: approval === 'yes', areas: districtsOf(areas, named) }, versionHash: edition
  }))
}

export const approvalFields = ['approval', 'areas'] as const

/** The districts of each coordinator, also those of areas; all of them where all are ticked, whatever else is. */
function districtsOf (ticked: readonly string[], named: readonly Area[]): Record<string, string[]> {
  const pairs = ticked.map(text => [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)] as const)
  return Object.fromEntries([...Map.groupBy(pairs, ([id]) => id)].map(([id, of]) => {
    const districts = of.flatMap(([, choice]) => named.find(area => areaChoice(area) === choice)?.districts ?? [choice])
    return [id, districts.includes(everywhere) ? [] : [...new Set(districts)].sort()]
  }))
}

/** Which of the drafts that wait are shown; what is not understood is left out. */
export const readingFilter = z.object({
  campaign: z.string().regex(/^[a-z0-9-]{1,200}$/).optional().catch(undefined),
  /** `-` stands for none. */
  district: z.string().min(1).max(100).optional().catch(undefined).transform(name => name === '-' ? '' : name),
  kind: z.string().regex(/^[a-z-]{1,40}$/).optional().catch(undefined),
  day: dayAsked,
  page: z.unknown().optional().transform(pageNumber)
})
export type ReadingQuery = z.output<typeof readingFilter>

/** The list that an address carries, where it is only the way back. */
export function readingFilterIn (query: unknown): ReadingQuery {
  return readingFilter.parse(query)
}

export const readingFields = ['campaign', 'district', 'kind', 'day'] as const

/** A draft and the version of it that was read: `id.version`. */
const chosenOne = z.string().max(100, loadAgain).refine(text => {
  const [id = '', read = '', ...rest] = text.split('.')
  return isId(id) && isId(read) && rest.length === 0
}, loadAgain).transform(text => ({ id: text.split('.')[0] ?? '', read: text.split('.')[1] ?? '' }))

/** Approving several drafts, each as it was read. */
export const severalForm = z.strictObject({
  chosen: ticked(chosenOne, { missing: 'Tick what you have read and want to approve', most: 100 }),
  confirmed
}, { error: unknownField })

/** What is ticked in such a form, as far as it can be read. */
export function chosenToApprove (body: unknown): string[] {
  return tickedIn(body, 'chosen')
}
