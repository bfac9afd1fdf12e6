import { z } from 'zod'
import { answer, unknownField } from '../http/form-answers.ts'
import { activityFields } from './answers.ts'
import type { ActivityField, Answers } from './answers.ts'

const fieldsOfText = activityFields.filter(field => field !== 'partners')

/** Whatever the answers are, each comes at most once; what they mean is read by `readAnswers`. */
const answersOnce = Object.fromEntries(fieldsOfText.map(field =>
  [field, answer('This').default('')])) as Record<Exclude<ActivityField, 'partners'>, z.ZodDefault<z.ZodString>>

const partners = z.preprocess(given => given === undefined ? [] : [given].flat(),
  z.array(z.string().max(8000, 'Select fewer agencies'), 'Select agencies from the list').max(200, 'Select fewer agencies'))
  .transform(ids => [...new Set(ids.flatMap(text => text.split(';')))].filter(id => id !== '').sort().join(';'))

const reload = 'Load the page again and fill it in once more'

/** The form on which an activity is changed. `saw` marks how it was when the form was opened. */
export const editForm = z.strictObject({
  ...answersOnce, partners, saw: answer('Form', reload).max(400, reload), confirmed: z.literal('yes', reload).optional()
}, { error: unknownField }).transform(({ saw, confirmed, ...form }) => ({
  typed: unixLines(form), saw, isConfirmed: confirmed === 'yes'
}))

/** The form on which an activity is made. `submission` is of the form shown: sent twice, it makes one. */
export const newForm = z.strictObject({
  ...answersOnce,
  partners,
  campaign: answer('Campaign', 'Select a campaign').max(80, 'Select a campaign'),
  copied: answer('Form', reload).max(80, reload).default(''),
  submission: z.uuid(reload)
}, { error: unknownField }).transform(({ campaign, copied, submission, ...form }) => ({
  typed: unixLines(form), campaign, copied, submission
}))

function unixLines (answers: Answers): Answers {
  return { ...answers, summary: answers.summary.replaceAll('\r\n', '\n') }
}

/** The button that publishes, and the one that takes down. */
export const buttonForm = z.strictObject({}, { error: unknownField })

/** What was typed, for a form that shows it again; of the fields that it has, and only text. */
export function typedAnswers (body: unknown): Answers {
  const given = new Map(Object.entries(body ?? {}))
  return Object.fromEntries(activityFields.map(field => {
    const value: unknown = given.get(field)
    const text = field === 'partners' ? [value].flat().filter(id => typeof id === 'string').join(';') : value
    return [field, typeof text === 'string' ? text : '']
  })) as Answers
}
