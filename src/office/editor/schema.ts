import { z } from 'zod'
import { answer, answerInLine, unknownField, loadAgain, submission, ticked } from '../../platform/http/form-answers.ts'
import { plainDay } from '../../platform/typed.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import { activityFields } from './answers.ts'
import type { ActivityField, Answers } from './answers.ts'

const fieldsOfText = activityFields.filter(field => field !== 'partners')

/** Each field comes at most once, whatever it holds; `readAnswers` reads what it means. */
const answersOnce = Object.fromEntries(fieldsOfText.map(field =>
  [field, answer('This').default('')])) as Record<Exclude<ActivityField, 'partners'>, z.ZodDefault<z.ZodString>>

const partners = ticked(z.string().max(8000, 'Select fewer agencies'), {
  wrong: 'Select agencies from the list', most: 200, tooMany: 'Select fewer agencies'
})
  .transform(ids => [...new Set(ids.flatMap(text => text.split(';')))].filter(id => id !== '').sort().join(';'))

/** Enough for a summary in a script that takes 12 bytes a character, with all other fields of the form. */
export const bodyLimit = 131_072

/** The form on which an activity is changed. `saw` is the version that it showed when it was opened. */
export const editForm = z.strictObject({
  ...answersOnce,
  partners,
  saw: answer('Form', loadAgain).max(600, loadAgain),
  confirmed,
  quiet: z.literal('yes', loadAgain).optional(),
  reason: answer('Reason').trim().default('')
}, { error: unknownField }).superRefine(({ quiet, reason }, context) => {
  if (quiet === undefined) return
  const read = quietReason.safeParse(reason)
  if (!read.success) context.addIssue({ code: 'custom', path: ['reason'], message: read.error.issues[0]?.message ?? '' })
}).transform(({ saw, confirmed, quiet, reason, ...form }) => ({
  typed: form,
  saw,
  confirmed,
  quietBecause: quiet === undefined ? undefined : reason
}))

/** Why people are not told of a change: kept in the audit trail. */
const quietReason = answerInLine('The reason', 'Say why nobody needs to be told', 200)

/** The form that makes an activity. `submission` identifies the form as shown: sent twice unchanged, it makes one. */
export const newForm = z.strictObject({
  ...answersOnce,
  partners,
  campaign: answer('Campaign', 'Select a campaign').max(80, 'Select a campaign'),
  copied: answer('Form', loadAgain).max(80, loadAgain).default(''),
  submission
}, { error: unknownField }).transform(({ campaign, copied, submission, ...form }) => ({
  typed: form, campaign, copied, submission
}))

/** The button that publishes a draft, with the version of it that its page showed. */
export const publishForm = z.strictObject({ confirmed, read: z.guid(loadAgain).optional() }, { error: unknownField })

/** The button that unpublishes, and others without an answer. */
export const buttonForm = z.strictObject({}, { error: unknownField })

/** What was typed, for a form that is shown again: only its own fields, and only text. */
export function typedAnswers (body: unknown): Answers {
  const given = new Map(Object.entries(body ?? {}))
  return Object.fromEntries(activityFields.map(field => {
    const value: unknown = given.get(field)
    const text = field === 'partners' ? [value].flat().filter(id => typeof id === 'string').join(';') : value
    return [field, typeof text === 'string' ? text : '']
  })) as Answers
}

/** The form that repeats an activity: for a number of weeks, or on days, one a line. */
export const repeatForm = z.strictObject({
  how: answer('How', 'Select weekly or a list of days').pipe(z.enum(['weekly', 'days'], 'Select weekly or a list of days')),
  weeks: answer('Weeks').max(20, 'Weeks must be a whole number from 1 to 26').default(''),
  days: answer('Days').max(2000, 'Days must be at most 52, one on each line').default(''),
  submission
}, { error: unknownField }).transform(({ how, weeks, days, submission }, context) => {
  const wrong = (path: string, message: string) => { context.addIssue({ code: 'custom', path: [path], message }) }
  const listed = [...new Set(days.split(/[\s,;]+/).filter(day => day !== '').map(plainDay))]
  const isNumber = /^\d{1,2}$/.test(weeks.trim()) && Number(weeks) >= 1 && Number(weeks) <= 26
  if (how === 'weekly' && !isNumber) wrong('weeks', 'Weeks must be a whole number from 1 to 26')
  if (how === 'days' && (listed.length === 0 || listed.length > 52)) wrong('days', 'Enter 1 to 52 days, one on each line')
  return { submission, weeks: how === 'weekly' ? Number(weeks) : undefined, listed }
})

export const repeatFields = ['how', 'weeks', 'days'] as const

/** Ids, in fields of the same name or separated by commas; empty where there are none. */
const ids = z.preprocess(
  given => [given].flat().flatMap(one => typeof one === 'string' ? one.split(',') : []).filter(one => one !== ''),
  z.array(z.guid('Load this page again and tick once more'), 'Load this page again and tick once more')
    .max(1000, 'Load this page again and tick once more'))

/** The form that says who hosts: the ids that are ticked, and those that were when it was shown. */
export const hostsForm = z.strictObject({ hosts: ids, shown: ids }, { error: unknownField })

export const hostsFields = ['hosts'] as const

/** The form that says who may know of an activity, alike. */
export const namedPeopleForm = z.strictObject({ people: ids, shown: ids }, { error: unknownField })

export const namedPeopleFields = ['people'] as const
