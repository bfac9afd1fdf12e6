import { z } from 'zod'
import {
  answer, answerAsAddress, answerAsDay, answerInLine, linesOf, loadAgain, optional, submission, ticked,
  tickedIn, unknownField
} from '../../platform/http/form-answers.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import { dayWrong } from '../editor/moment.ts'
import { risks, shownStages, stages } from './plan.ts'
import type { Plan } from './plan.ts'

/** Who looks after an activity, where it is nobody on the list. */
export const someoneElse = 'someone-else'

const lines = (noun: string, most: number) => answer(noun).transform(typed => linesOf(typed).join('\n').trim())
  .refine(typed => Array.from(typed).length <= most, `${noun} must be ${most.toLocaleString('en-GB')} characters or fewer`)

/** The fields of the form about a plan, in order. */
export const planFields = [
  'stage', 'owner', 'owner_name', 'owner_email', 'staffing', 'materials', 'risk', 'risk_by', 'risk_on', 'notes'
] as const

const stageMissing = 'Select how far it is'
const ownerMissing = 'Select who looks after it'
const riskMissing = 'Select what there is to say about a risk assessment'

/** What is planned for an activity. `edition` is the version that the form showed. */
export const planForm = z.strictObject({
  stage: answer('How far it is', stageMissing).pipe(z.enum(stages, stageMissing)),
  owner: answer('Who looks after it', ownerMissing)
    .refine(given => given === '' || given === someoneElse || z.guid().safeParse(given).success, ownerMissing),
  owner_name: optional(answerInLine('Their name', '', 100)),
  owner_email: optional(answerAsAddress('Their email address', '').max(200, 'Their email address must be 200 characters or fewer')
    .pipe(z.email('Enter an email address like exploitation.team@council.example'))),
  staffing: lines('Staffing', 500),
  materials: lines('Materials', 500),
  risk: answer('Risk assessment', riskMissing).pipe(z.enum(risks, riskMissing)),
  risk_by: optional(answerInLine('Who did it', '', 100)),
  risk_on: optional(answerAsDay('On which day').max(100, 'Enter the day on which the risk assessment was done like 2026-12-01')),
  notes: lines('Notes', 2000),
  edition: answer('What you have read', loadAgain)
}, { error: unknownField }).superRefine(({ owner, owner_name: name, risk, risk_by: by, risk_on: on }, context) => {
  const wrong = (path: string, message: string) => { context.addIssue({ code: 'custom', path: [path], message }) }
  if (owner === someoneElse && name === undefined) wrong('owner_name', 'Enter the name of the person who looks after it')
  if (risk !== 'done') return
  if (by === undefined) wrong('risk_by', 'Enter who did the risk assessment')
  const wrongDay = dayWrong(on ?? '', 'the risk assessment was done')
  if (wrongDay !== undefined) wrong('risk_on', wrongDay)
}).transform(({ edition, ...typed }) => {
  const isElse = typed.owner === someoneElse
  const isDone = typed.risk === 'done'
  const plan: Plan = {
    stage: typed.stage,
    ownerId: isElse || typed.owner === '' ? undefined : typed.owner,
    ownerName: isElse ? typed.owner_name ?? '' : '',
    ownerEmail: isElse ? typed.owner_email ?? '' : '',
    staffing: typed.staffing,
    materials: typed.materials,
    risk: typed.risk,
    riskBy: isDone ? typed.risk_by ?? '' : '',
    riskOn: isDone ? typed.risk_on ?? '' : '',
    notes: typed.notes
  }
  return { plan, versionHash: edition }
})

/** What the board is asked to show, in an address. */
export const boardFields = ['from', 'rows', 'agency', 'district', 'stage', 'risk'] as const
export type BoardField = typeof boardFields[number]

/** Which activities of a campaign are on the board, and in which rows. */
export interface BoardFilter {
  /** First of the seven days, as `2026-12-01`; undefined: those of now. */
  from: string | undefined
  rows: 'agency' | 'district'
  /** Id of the agency that leads, or `partnership`. */
  agency: string | undefined
  district: string | undefined
  stage: typeof shownStages[number] | undefined
  /** Only those whose risk assessment is missing. */
  isRiskOpen: boolean
}

/** Reads the filter of an address. */
export const boardFilter = z.object({
  from: optional(answerAsDay('Day').refine(day => dayWrong(day, 'the board begins') === undefined, 'Select a day from those on the page')),
  rows: optional(answer('Rows').pipe(z.enum(['agency', 'district'], 'Select rows from those on the page'))),
  agency: optional(answer('Agency').refine(id => id === 'partnership' || z.guid().safeParse(id).success, 'Select an agency from those on the page')),
  district: optional(answer('District').max(100, 'Select a district from those on the page')),
  stage: optional(answer('How far').pipe(z.enum(shownStages, 'Select how far from those on the page'))),
  risk: optional(answer('Risk assessment').pipe(z.literal('missing', 'Select a risk assessment from those on the page')))
}).transform(({ from, rows = 'agency', agency, district, stage, risk }): BoardFilter =>
  ({ from, rows, agency, district, stage, isRiskOpen: risk === 'missing' }))

/** Activities that are ticked, by id. */
function manyIds (least: number) {
  return ticked(z.guid(loadAgain), {
    ...least > 0 && { missing: 'Choose at least one activity' }, most: 1000, tooMany: 'Choose 1,000 activities or fewer'
  })
    .transform(ids => [...new Set(ids)])
}

const chosenIds = manyIds(1)

/** The buttons under the board that say how far the chosen activities are. */
export const markForm = z.strictObject({
  activities: chosenIds, stage: answer('How far', stageMissing).pipe(z.enum(stages, stageMissing))
}, { error: unknownField })

/** The button that deletes the chosen drafts. */
export const deletionForm = z.strictObject({ activities: chosenIds, confirmed }, { error: unknownField })

/** The ids that are ticked in a form, as far as they can be read. */
export function chosenIn (body: unknown): string[] {
  return tickedIn(body, 'activities')
}

/** When a copy begins and what it is called. */
export const copyFields = ['first_day', 'title'] as const

function copyAnswers (today: string) {
  return {
    first_day: answerAsDay('First day', 'Enter the first day').superRefine((day, context) => {
      const wrong = dayWrong(day, 'the copy begins') ?? (day <= today ? 'Enter a day that is still to come' : undefined)
      if (wrong !== undefined) context.addIssue({ code: 'custom', message: wrong })
    }),
    title: answerInLine('Title', 'Enter a title', 200)
  }
}

/** The question what would come when, in an address. */
export function copyQuestion (today: string) {
  return z.object(copyAnswers(today)).transform(({ first_day: firstDay, title }) => ({ firstDay, title }))
}

/** The form that makes the copy; a campaign can be copied without activities. */
export function copyForm (today: string) {
  const answers = { ...copyAnswers(today), activities: manyIds(0), submission }
  return z.strictObject(answers, { error: unknownField })
    .transform(({ first_day: firstDay, activities: ids, ...rest }) => ({ ...rest, firstDay, ids }))
}
