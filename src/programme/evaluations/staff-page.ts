import { typedOf } from '../../platform/http/form-answers.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { Questionnaire } from './queries.ts'
import { answersOf, fieldOf, fieldsOf, numbers, questionFields, questionnaireDraft } from './questionnaire-draft.ts'
import type { FormField, QuestionField, Source } from './questionnaire-draft.ts'
import { suggested } from './questionnaire.ts'
import type { QuestionKind, Questions } from './questionnaire.ts'
import { formFields } from './schema.ts'

const kindsInWords: Record<QuestionKind, string> = {
  scale: 'A scale from 1 to 5', choice: 'One of several answers', text: 'In their own words'
}

/** What an organiser tried to save, and why it was not. */
export interface Tried {
  body: unknown
  errors: FormErrors
  /** Their own questions, where a colleague has saved others meanwhile. */
  mine?: Questions & { source: Source }
  /** The state that they had read, if it is still the one to change. */
  versionHash?: string | undefined
}

/** What of a question is folded away, in one line; empty where there is nothing yet, or nothing to choose from. */
function wordsOf (value: (field: QuestionField) => string): string {
  if (value('text') === '' || value('kind') === 'text') return ''
  if (value('kind') === 'choice') {
    return value('choices').split('\n').map(line => line.trim()).filter(line => line !== '').join(' / ')
  }
  const ends = [['1', value('low')], ['5', value('high')]].filter(([, word]) => word !== '')
  const before = value('before') === 'yes' ? ['asked before too'] : []
  return [...ends.map(end => end.join(' ')), ...before].join(', ')
}

/** The form that decides what is asked: with what is asked now, with what was tried, or with what we suggest. */
export function questionsPageOf (
  current: Questionnaire, ofCampaign: Questionnaire | undefined, tried?: Tried
) {
  const now = answersOf(current.source, current)
  const values = tried === undefined ? valuesOf(current) : typedOf(tried.body, formFields)
  const source = values.source ?? current.source
  return {
    versionHash: tried?.versionHash ?? questionnaireDraft.versionHash(now),
    isAnswered: current.isAnswered,
    sources: [
      ...ofCampaign === undefined ? [] : [choice('campaign', 'What the campaign asks', askedInWords(ofCampaign))],
      choice('own', 'These questions', 'People find them behind a link in our emails.'),
      choice('none', 'Nothing', 'Emails do not ask anything.')
    ],
    questions: numbers.map(number => {
      const value = (field: QuestionField) => values[fieldOf(number, field)] ?? ''
      return {
        number,
        ids: Object.fromEntries(questionFields.map(field => [field, fieldOf(number, field)])),
        text: value('text'),
        low: value('low'),
        high: value('high'),
        choices: value('choices'),
        before: value('before') === 'yes',
        words: wordsOf(value),
        kinds: Object.entries(kindsInWords).map(([kind, text]) =>
          ({ value: kind, text, selected: (value('kind') || 'scale') === kind }))
      }
    }),
    asksLater: values.later === 'yes',
    comparison: tried?.mine === undefined
      ? []
      : questionnaireDraft.compared(now, answersOf(tried.mine.source, tried.mine), namesInWords, saidAs),
    asked: current.questions.map(({ text, kind }) => ({ text, kind: kindsInWords[kind] })),
    errors: tried?.errors
  }

  function choice (value: Source, text: string, hint: string) {
    return { value, text, hint: { text: hint }, checked: source === value }
  }
}

function valuesOf (current: Questionnaire): Partial<Record<FormField | 'source' | 'later', string>> {
  const { questions, asksLater } = current.questions.length === 0 ? suggested : current
  return {
    source: current.source,
    later: asksLater ? 'yes' : '',
    ...Object.fromEntries(numbers.flatMap(number => {
      const fields = fieldsOf(questions[number - 1])
      return questionFields.map(field => [fieldOf(number, field), fields[field]])
    }))
  }
}

function askedInWords ({ questions }: Questionnaire): string {
  if (questions.length === 0) return 'It asks nothing now.'
  return `It asks now: ${questions.map(({ text }) => text).join(' ')}`
}

const namesInWords = {
  source: 'What is asked',
  later: 'Once more after 3 months',
  ...Object.fromEntries(numbers.map(number => [`q${number}`, `Question ${number}`]))
} as Record<typeof questionnaireDraft.fields[number], string>

const sourcesInWords: Record<string, string> = {
  campaign: 'What the campaign asks', own: 'These questions', none: 'Nothing'
}

function saidAs (field: string, text: string): string {
  if (field === 'source') return sourcesInWords[text] ?? text
  if (field === 'later') return text === 'yes' ? 'Yes' : 'No'
  return text === '' ? 'Nothing' : text
}
