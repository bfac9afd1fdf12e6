import { z } from 'zod'
import { isDay } from '../../platform/clock.ts'
import {
  answer, answerAsDay, answerInLine, linesOf, optional, unknownField, loadAgain, ticked, answerInLines
} from '../../platform/http/form-answers.ts'
import { confirmed } from '../../identity/staff/schema.ts'
import { textOf } from '../../programme/campaigns/schema.ts'
import { enterableKinds, entryAudiences } from '../../programme/entries/entry-form.ts'
import type { EntryForm } from '../../programme/entries/entry-form.ts'
import { mostChoices, mostQuestions } from '../../programme/entries/entry-questions.ts'

function dayOf (noun: string) {
  return optional(answerAsDay(noun).refine(isDay, `${noun} must be a day, like 2026-12-01`))
}

function some<T extends string> (all: readonly T[]) {
  return ticked(z.enum(all as [T, ...T[]], loadAgain), { most: 50 })
}

/** The fields of a question by its number, from 0. */
export function questionFields (n: number) {
  return { text: `question_${n + 1}`, choices: `choices_${n + 1}`, required: `required_${n + 1}` }
}

export const numbers = Array.from({ length: mostQuestions }, (_, n) => n)

/** The form's fields, in its order. */
export const settingFields = [
  'on', 'listed', 'opens_on', 'closes_on', 'introduction', 'kinds', 'first_day', 'last_day', 'audiences', 'district',
  'visibility', 'hashtags', ...numbers.flatMap(n => Object.values(questionFields(n)))
]

const choicesOf = (n: number) => answer('Answers').default('')
  .transform(typed => [...new Set(linesOf(typed).map(line => line.trim()).filter(line => line !== ''))])
  .refine(lines => lines.length !== 1 && lines.length <= mostChoices, `Question ${n + 1} must have 2 to ${mostChoices} answers, one on each line, or none`)
  .refine(lines => lines.every(line => Array.from(line).length <= 100), `Each answer to question ${n + 1} must be 100 characters or fewer`)

/** What organisers decide about the form of a campaign with these districts. */
export function settingsForm (districts: readonly string[]) {
  return z.strictObject({
    on: answer('Whether people can enter activities', 'Select whether people can enter activities').pipe(z.enum(['yes', 'no'], 'Select whether people can enter activities')),
    listed: z.literal('yes', loadAgain).optional(),
    opens_on: dayOf('The first day'),
    closes_on: dayOf('The last day'),
    introduction: textOf('Introduction', 2000),
    kinds: some(enterableKinds),
    first_day: dayOf('The first day of activities'),
    last_day: dayOf('The last day of activities'),
    audiences: some(entryAudiences),
    district: optional(answerInLine('District', '', 100).refine(
      text => districts.length === 0 || districts.includes(text), 'Select a district of the campaign')),
    visibility: answer('Who sees them', 'Select who sees them').pipe(z.enum(['public', 'partners'], 'Select who sees them')),
    hashtags: answer('Hashtags').trim().refine(text => Array.from(text).length <= 200, 'Hashtags must be 200 characters or fewer')
      .refine(text => !text.includes('\n'), 'Hashtags must be on one line'),
    ...Object.fromEntries(numbers.flatMap(n => {
      const { text, choices, required } = questionFields(n)
      return [
        [text, answer('Question').trim().default('').refine(typed => Array.from(typed).length <= 200, `Question ${n + 1} must be 200 characters or fewer`)],
        [choices, choicesOf(n)],
        [required, z.literal('yes', loadAgain).optional()]
      ] as const
    })) as Record<never, z.ZodType>,
    edition: answer('Form', loadAgain).max(100, loadAgain)
  }, { error: unknownField }).superRefine((given, context) => {
    const wrong = (field: string, message: string) => { context.addIssue({ code: 'custom', path: [field], message }) }
    if (given.kinds.length === 0) wrong('kinds', 'Select at least one kind')
    if (given.opens_on !== undefined && given.closes_on !== undefined && given.closes_on < given.opens_on) wrong('closes_on', 'The last day must not be before the first')
    if (given.first_day !== undefined && given.last_day !== undefined && given.last_day < given.first_day) wrong('last_day', 'The last day must not be before the first')
    for (const n of numbers) {
      const { text, choices } = questionFields(n)
      const { [text]: typed, [choices]: lines } = given as unknown as Record<string, string & string[]>
      if (typed === '' && (lines?.length ?? 0) > 0) wrong(text, `Enter question ${n + 1}, or take its answers away`)
    }
  }).transform((given): { wanted: EntryForm, versionHash: string } => ({
    versionHash: given.edition,
    wanted: {
      isOn: given.on === 'yes',
      isListed: given.listed === 'yes',
      opensOn: given.opens_on,
      closesOn: given.closes_on,
      introduction: given.introduction,
      kinds: given.kinds,
      firstDay: given.first_day,
      lastDay: given.last_day,
      audiences: given.audiences,
      district: given.district,
      visibility: given.visibility,
      hashtags: given.hashtags,
      questions: numbers.flatMap(n => {
        const { text, choices, required } = questionFields(n)
        const said = given as unknown as Record<string, unknown>
        return said[text] === '' ? [] : [{ text: said[text] as string, choices: said[choices] as string[], isRequired: said[required] === 'yes' }]
      })
    }
  }))
}

/** Inviting those who entered something in an earlier campaign. */
export const invitationForm = z.strictObject({
  earlier: answer('Campaign', 'Select a campaign').pipe(z.guid('Select a campaign')), confirmed
}, { error: unknownField })

/** Refusing entries: `chosen` as on the page where they are read, and why. */
export const refusalForm = z.strictObject({
  chosen: ticked(z.string().transform(text => text.split('.')[0] ?? '').pipe(z.guid(loadAgain)), {
    missing: 'Tick what you want to refuse', most: 100
  }),
  reason: answerInLines('Why', 'Say why', 1000),
  confirmed
}, { error: unknownField })

/** Saying why what someone entered is not cancelled, although they ask for it. */
export const notCancelledForm = z.strictObject({ reason: answerInLines('Why', 'Say why', 1000) }, { error: unknownField })
