import { z } from 'zod'
import { answer, optional, unknownField, loadAgain } from '../../platform/http/form-answers.ts'
import { draft } from '../../platform/draft.ts'
import { valuesOf } from '../../programme/evaluations/questionnaire.ts'
import type { Numbered } from '../../programme/evaluations/questionnaire.ts'
import { addressAnswer, email } from '../bookings/schema.ts'
import { OtherQuestions } from './errors.ts'

/** An answer that is counted, or one in someone's own words. */
export type Answered = { number: number, value: number } | { number: number, text: string }

/** Maximum number of characters of an answer in one's own words. */
export const mostLetters = 1000

export function fieldOf (number: number): string {
  return `q${number}`
}

/** The fields of the form, for errors to link to. */
export function answerFields (questions: readonly Numbered[]): string[] {
  return questions.map(({ number }) => fieldOf(number))
}

/** Of the questions that were shown: nobody answers what they have not read. */
export function versionHashOf (questions: readonly Numbered[]): string {
  const shown = draft(answerFields(questions))
  return shown.versionHash(Object.fromEntries(questions.map(question =>
    [fieldOf(question.number), JSON.stringify(question)])))
}

/** Throws `OtherQuestions` where a form is of other questions than these. */
export function assertSameQuestions (questions: readonly Numbered[], body: unknown): void {
  const { edition } = Object(body) as { edition?: unknown }
  if (typeof edition === 'string' && edition !== versionHashOf(questions)) throw new OtherQuestions()
}

/** The form in which people answer. Each question may be left out, but not all. */
export function answersForm (questions: readonly Numbered[]) {
  return z.strictObject({
    edition: answer('The form', loadAgain),
    ...Object.fromEntries(questions.map(question => [fieldOf(question.number), answerTo(question)]))
  }, { error: unknownField }).transform((form, context) => {
    const given = form as Record<string, number | string | undefined>
    const answers = questions.flatMap(({ number, kind }): Answered[] => {
      const answered = given[fieldOf(number)]
      if (answered === undefined) return []
      return [kind === 'text' ? { number, text: String(answered) } : { number, value: Number(answered) }]
    })
    if (answers.length === 0) {
      context.addIssue({ code: 'custom', path: [answerFields(questions)[0] ?? 'form'], message: 'Answer at least one question' })
    }
    return { answers, versionHash: form.edition }
  })
}

function answerTo (question: Numbered): z.ZodType<number | string | undefined> {
  if (question.kind === 'text') {
    return optional(answer('Your answer').trim().refine(
      text => Array.from(text).length <= mostLetters, `Your answer must be ${mostLetters.toLocaleString('en-GB')} characters or fewer`))
  }
  const sentence = 'Select one of the answers'
  const values = valuesOf(question).map(String)
  return optional(answer('Your answer', sentence).refine(text => values.includes(text), sentence).transform(Number))
}

/** The form on which people agree to be asked once more. */
export const askLaterForm = z.strictObject({ email, ...addressAnswer }, { error: unknownField })
export const askLaterFields = ['email'] as const

/** The button that takes it back. */
export const takeBackForm = z.strictObject({}, { error: unknownField })
