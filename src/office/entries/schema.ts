import { z } from 'zod'
import { addressAnswer, email, name, submission } from '../../booking/bookings/schema.ts'
import { answer, answerInLine, optional, unknownField, loadAgain, ticked } from '../../platform/http/form-answers.ts'
import { trap } from '../../platform/http/trap.ts'
import type { EntryAnswer, EntryQuestion } from '../../programme/entries/entry-questions.ts'
import type { EntryForm } from '../../programme/entries/entry-form.ts'
import { readEntered } from './entered.ts'
import type { ReadEntry, Surrounding } from './entered.ts'
import { everyoneReads } from '../../programme/support/public-text.ts'

/** The fields about the activity, in the order of the form. */
export const activityPart = [
  'title', 'kind', 'starts_day', 'ends_day', 'all_day', 'starts_time', 'ends_time', 'venue', 'district', 'audiences',
  'booking', 'summary'
] as const
const personPart = ['organisation', 'name', 'email'] as const

export function answerField (n: number): string {
  return `answer_${n + 1}`
}

export function answerFields (questions: readonly EntryQuestion[]): string[] {
  return questions.map((_, n) => answerField(n))
}

/** The fields of the form, in its order. */
export function fieldsOf ({ questions }: Pick<EntryForm, 'questions'>): string[] {
  return [...activityPart, ...answerFields(questions), ...personPart, 'keep']
}

/** Each field about the activity comes at most once; what it means reads `readEntered`. */
const activityAnswers = {
  ...Object.fromEntries(activityPart.filter(field => field !== 'audiences')
    .map(field => [field, answer('This').default('')])) as Record<Exclude<typeof activityPart[number], 'audiences'>, z.ZodDefault<z.ZodString>>,
  audiences: ticked(z.string().max(80, loadAgain), { most: 20 })
    .transform(names => names.join(','))
}

function answersTo (questions: readonly EntryQuestion[]) {
  return Object.fromEntries(questions.map(({ choices, isRequired }, n) => {
    const text = answer('Your answer', 'Answer this question').trim()
      .refine(typed => Array.from(typed).length <= 1000, 'Your answer must be 1,000 characters or fewer')
      .refine(typed => choices.length === 0 || typed === '' || choices.includes(typed), 'Select one of the answers')
    const sentence = choices.length === 0 ? 'Answer this question' : 'Select an answer'
    return [answerField(n), isRequired
      ? answer('Your answer', sentence).pipe(text.refine(typed => typed !== '', sentence))
      : optional(text)]
  }))
}

/** Adds what is wrong about the activity to what is wrong about the person: all of it is said at once. */
function withActivity<S extends z.ZodType> (person: S, around: Surrounding) {
  return z.unknown().transform((given, context): z.output<S> & ReadEntry => {
    const body = Object(given) as Record<string, unknown>
    const isAboutActivity = (field: string) => (activityPart as readonly string[]).includes(field)
    const own = Object.fromEntries(Object.entries(body).filter(([field]) => !isAboutActivity(field)))
    const read = person.safeParse(own)
    const typed = z.object(activityAnswers).safeParse(body)
    const entered = typed.data === undefined ? undefined : readEntered(typed.data, around)
    if (read.success && entered !== undefined && 'draft' in entered) return { ...read.data as object, ...entered } as z.output<S> & ReadEntry
    const wrong = [
      ...[...read.error?.issues ?? [], ...typed.error?.issues ?? []]
        .map(({ path: [field], message }) => ({ field: String(field), text: message })),
      ...entered !== undefined && 'wrong' in entered ? entered.wrong : []
    ]
    for (const { field, text } of inOrderOf(fieldsOf(around.form), wrong)) context.addIssue({ code: 'custom', path: [field], message: text })
    return z.NEVER
  })
}

function inOrderOf<W extends { field: string }> (fields: readonly string[], wrong: readonly W[]): W[] {
  const place = ({ field }: W) => fields.includes(field) ? fields.indexOf(field) : fields.length
  return wrong.toSorted((one, other) => place(one) - place(other))
}

/** Entering an activity. */
export function enterForm (around: Surrounding) {
  const { questions } = around.form
  return withActivity(z.strictObject({
    organisation: answerInLine('Organisation', 'Enter your school or organisation', 120).superRefine(everyoneReads('Organisation')),
    name,
    email,
    ...answersTo(questions),
    keep: z.literal('yes', loadAgain).optional(),
    again: z.string().max(200).optional(),
    submission,
    ...addressAnswer,
    ...trap
  }, { error: unknownField }).transform(({ organisation, name, email, keep, again, submission, ...given }) => ({
    organisation, name, email, submission, again, isKeptForAgain: keep === 'yes', given: givenAnswers(questions, given)
  })), around)
}

/** Changing what was entered: who entered it stays, and so do `before`, answers to questions that are not asked now. */
export function amendForm (around: Surrounding, before: readonly EntryAnswer[]) {
  const { questions } = around.form
  return withActivity(z.strictObject({
    ...answersTo(questions), saw: answer('Form', loadAgain).max(600, loadAgain)
  }, { error: unknownField }).transform(({ saw, ...given }) => ({
    saw,
    given: [
      ...before.filter(({ question }) => questions.every(({ text }) => text !== question)),
      ...givenAnswers(questions, given)
    ]
  })), around)
}

function givenAnswers (questions: readonly EntryQuestion[], given: object): EntryAnswer[] {
  return questions.flatMap(({ text }, n) => {
    const said = (given as Record<string, unknown>)[answerField(n)]
    return typeof said === 'string' && said !== '' ? [{ question: text, answer: said }] : []
  })
}

/** A button without fields. */
export const pressed = z.strictObject({}, { error: unknownField })

/** Asking for the links to one's own entries. */
export const linksForm = z.strictObject({ email, ...addressAnswer, ...trap }, { error: unknownField })
