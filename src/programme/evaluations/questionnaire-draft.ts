import { draft } from '../../platform/draft.ts'
import type { Answers } from '../../platform/draft.ts'
import { mostQuestions } from './questionnaire.ts'
import type { Question, Questions } from './questionnaire.ts'

/** Whose questions are asked: those of the campaign, one's own, or none. */
export const sources = ['campaign', 'own', 'none'] as const
export type Source = typeof sources[number]

/** The numbers of the questions in the form. */
export const numbers = Array.from({ length: mostQuestions }, (_, n) => n + 1)

/** The fields of one question in the form, without its number. */
export const questionFields = ['text', 'kind', 'low', 'high', 'before', 'choices'] as const
export type QuestionField = typeof questionFields[number]
export type FormField = `q${number}_${QuestionField}`

export function fieldOf (number: number, field: QuestionField): FormField {
  return `q${number}_${field}`
}

const names = ['source', 'later', ...numbers.map(number => `q${number}` as const)] as const
type Name = typeof names[number]

/** What is asked, by the parts that two people could change at once: each question is one. */
export const questionnaireDraft = draft(names)

/** A questionnaire as its form and the audit trail have it. */
export function answersOf (source: Source, { questions, asksLater }: Questions): Answers<Name> {
  return {
    source,
    later: asksLater ? 'yes' : '',
    ...Object.fromEntries(numbers.map(number => [`q${number}`, inOneText(questions[number - 1])]))
  }
}

/** All of a question in one line. */
export function inOneText (question: Question | undefined): string {
  if (question === undefined) return ''
  const { kind, text } = question
  switch (kind) {
    case 'scale': return `${text} (1 ${question.low}, 5 ${question.high}${question.asksBefore ? '; asked before too' : ''})`
    case 'choice': return `${text} (${choicesInOneText(question.choices)})`
    case 'text': return `${text} (in their own words)`
  }
}

/** Different choices never give the same text: those that have what stands between them are put in quotes. */
function choicesInOneText (choices: readonly string[]): string {
  return choices.some(choice => /^\[|\/| $|^ /.test(choice)) ? JSON.stringify(choices) : choices.join(' / ')
}

/** What the form shows of a question, field by field. */
export function fieldsOf (question: Question | undefined): Record<QuestionField, string> {
  const nothing = { text: '', kind: 'scale', low: '', high: '', before: '', choices: '' }
  switch (question?.kind) {
    case undefined: return nothing
    case 'scale': {
      const { text, low, high, asksBefore } = question
      return { ...nothing, text, low, high, before: asksBefore ? 'yes' : '' }
    }
    case 'choice': return { ...nothing, kind: 'choice', text: question.text, choices: question.choices.join('\n') }
    case 'text': return { ...nothing, kind: 'text', text: question.text }
  }
}
