import { z } from 'zod'
import { answer, answerAsVersion, answerInLine, isOneLine, optional, unknownField, loadAgain } from '../../platform/http/form-answers.ts'
import { mostChoices, questionKinds, suggested } from './questionnaire.ts'
import type { Question, Questions } from './questionnaire.ts'
import { fieldOf, fieldsOf, numbers, questionFields, sources } from './questionnaire-draft.ts'
import type { FormField, QuestionField, Source } from './questionnaire-draft.ts'

const mostLetters = 200
const mostLettersOfAChoice = 80

const chooseSource = 'Select what people are asked'
/** One field of a question; whether it is needed depends on the others. */
function fieldSchema (number: number, field: QuestionField): z.ZodType<string | undefined> {
  switch (field) {
    case 'text': return optional(answerInLine(`Question ${number}`, '', mostLetters))
    case 'low': return optional(answerInLine(`Question ${number}: the words for 1`, '', mostLettersOfAChoice))
    case 'high': return optional(answerInLine(`Question ${number}: the words for 5`, '', mostLettersOfAChoice))
    case 'choices': return optional(answer(`Question ${number}: the answers to choose from`)
      .max(2000, { error: `Question ${number}: the answers to choose from must be shorter`, abort: true }))
    case 'kind': return answer(`Question ${number}: how people answer`)
      .pipe(z.enum(questionKinds, `Question ${number}: select how people answer`)).optional()
    case 'before':
      return answer(`Question ${number}: whether to ask it before`).pipe(z.literal('yes', loadAgain)).optional()
  }
}

type QuestionInput = Partial<Record<QuestionField, string | undefined>>

/** The fields that the form's page shows, for errors to link to. */
export const formFields: ReadonlyArray<FormField | 'source' | 'later'> =
  ['source', ...numbers.flatMap(number => questionFields.map(field => fieldOf(number, field))), 'later']

const shape = Object.fromEntries(
  numbers.flatMap(number => questionFields.map(field => [fieldOf(number, field), fieldSchema(number, field)]))
) as Record<FormField, z.ZodType<string | undefined>>

const fieldsOfForm = z.strictObject({
  source: answer('What people are asked', chooseSource).pipe(z.enum(sources, chooseSource)),
  later: answer('Whether to ask again').pipe(z.literal('yes', loadAgain)).optional(),
  edition: answerAsVersion(),
  ...shape
}, { error: unknownField })

/**
 * The form that decides what people are asked. Its result has the questions in order, without empty ones between. A
 * question without its text is left out, whatever the form had filled in beside it: of what is asked now, or of what we
 * suggest. What someone typed beside none is not lost.
 */
export function questionsForm (now: Questions) {
  return fieldsOfForm.transform((form, context): Questions & { source: Source, versionHash: string } => {
    const refuse = (path: string, message: string) => { context.addIssue({ code: 'custom', path: [path], message }) }
    const { source, edition: versionHash } = form
    if (source !== 'own') return { source, versionHash, questions: [], asksLater: false }

    const given = form as Partial<Record<FormField, string>>
    const questions = numbers.flatMap(number => {
      const input = Object.fromEntries(questionFields.map(field => [field, given[fieldOf(number, field)]]))
      const filledIn = [now, suggested].map(({ questions }) => fieldsOf(questions[number - 1]))
      return questionIn(input, filledIn, (field, message) => {
        refuse(fieldOf(number, field), `Question ${number}: ${message}`)
      }) ?? []
    })
    const before = numbers.filter(number =>
      given[fieldOf(number, 'text')] !== undefined && given[fieldOf(number, 'before')] === 'yes')
    if (before.length > 1) {
      const [first, second = 1] = before
      refuse(fieldOf(second, 'before'), `Question ${second}: only one question can be asked before too, and question ${first} is`)
    }
    if (questions.length === 0 && context.issues.length === 0) {
      refuse(fieldOf(1, 'text'), 'Question 1: enter a question, or select that nothing is asked')
    }
    if (form.later === 'yes' && before.length === 0) {
      refuse('later', 'To ask again after 3 months, choose one question that is asked before too')
    }
    return { source, versionHash, questions, asksLater: form.later === 'yes' }
  })
}

/** A question, if one was typed; what is missing or contradicts itself is refused. */
function questionIn (
  input: QuestionInput, filledIn: ReadonlyArray<Record<QuestionField, string>>,
  refuse: (field: QuestionField, message: string) => void
): Question | undefined {
  const { text, kind = 'scale', low, high, before, choices } = input
  if (text === undefined) {
    if (besideQuestion.some(field => isTyped(input[field], filledIn.map(fields => fields[field])))) refuse('text', 'enter the question')
    return undefined
  }
  if (kind !== 'scale' && before === 'yes') refuse('before', 'only a scale from 1 to 5 can be asked before too')
  if (kind === 'text') return { kind, text }
  if (kind === 'choice') return { kind, text, choices: choicesIn(choices, refuse) }
  if (low === undefined) refuse('low', 'enter the words for 1')
  if (high === undefined) refuse('high', 'enter the words for 5')
  return { kind: 'scale', text, low: low ?? '', high: high ?? '', asksBefore: before === 'yes' }
}

/** What is empty where there is no question, unless someone typed it; how people answer always has a choice. */
const besideQuestion = ['low', 'high', 'before', 'choices'] as const

function isTyped (given: string | undefined, filledIn: readonly string[]): boolean {
  return given !== undefined && !filledIn.includes(linesIn(given).join('\n'))
}

function linesIn (typed: string): string[] {
  return typed.split('\n').map(line => line.trim()).filter(line => line !== '')
}

function choicesIn (typed: string | undefined, refuse: (field: QuestionField, message: string) => void): string[] {
  const choices = linesIn(typed ?? '')
  if (choices.length < 2 || choices.length > mostChoices) {
    refuse('choices', `enter from 2 to ${mostChoices} answers to choose from, one on each line`)
  } else if (new Set(choices).size < choices.length) {
    refuse('choices', 'two of the answers are the same')
  } else if (choices.some(choice => Array.from(choice).length > mostLettersOfAChoice || !isOneLine(choice))) {
    refuse('choices', `each answer must be ${mostLettersOfAChoice} characters or fewer`)
  }
  return choices
}
