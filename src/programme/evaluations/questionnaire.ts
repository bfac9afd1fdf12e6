import { z } from 'zod'

/** When people are asked: once they have a place, when it is over, and three months after that. */
export const occasions = ['before', 'after', 'later'] as const
export type Occasion = typeof occasions[number]

export const questionKinds = ['scale', 'choice', 'text'] as const
export type QuestionKind = typeof questionKinds[number]

/** Number of points on every scale. */
export const points = 5

/** More are not answered. */
export const mostQuestions = 5
export const mostChoices = 8

const text = z.string().min(1)

const question = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('scale'),
    text,
    /** Words for 1 and for 5. */
    low: text,
    high: text,
    /** Whether it is asked before as well, so that the two can be compared. */
    asksBefore: z.boolean()
  }),
  z.strictObject({ kind: z.literal('choice'), text, choices: z.array(text).min(2).max(mostChoices) }),
  z.strictObject({ kind: z.literal('text'), text })
])

/** One question about an activity. */
export type Question = z.infer<typeof question>

const questions = z.array(question).max(mostQuestions)

/** What people are asked about an activity. */
export interface Questions {
  questions: readonly Question[]
  /** Whether those who agree are asked once more after three months. */
  asksLater: boolean
}

export const noQuestions: Questions = { questions: [], asksLater: false }

/** The questions that an organiser finds in an empty form: what other partnerships ask, in words for everyone. */
export const suggested: Questions = {
  questions: [
    {
      kind: 'scale',
      text: 'How confident do you feel about talking with a child about this topic?',
      low: 'Not at all confident',
      high: 'Very confident',
      asksBefore: true
    },
    { kind: 'scale', text: 'How useful was it for you?', low: 'Not useful', high: 'Very useful', asksBefore: false },
    {
      kind: 'choice',
      text: 'What will you do next?',
      choices: [
        'Talk with a child about it', 'Talk with another adult about it', 'Change something at home or at work',
        'Find out more or get help', 'Nothing for now'
      ]
    },
    { kind: 'text', text: 'What could we do better?' }
  ],
  asksLater: false
}

/**
 * Of fewer answers nothing is shown, nor of fewer more: someone who knows who has answered could tell who said what.
 */
export const fewest = 5

/** A question with its number, counted from 1 in the whole questionnaire. */
export type Numbered = Question & { number: number }

/** The questions of an occasion: before and three months later only the one that is compared. */
export function questionsAt ({ questions, asksLater }: Questions, occasion: Occasion): Numbered[] {
  const numbered = questions.map((question, n) => ({ ...question, number: n + 1 }))
  if (occasion === 'after') return numbered
  if (occasion === 'later' && !asksLater) return []
  return numbered.filter(isCompared)
}

/** Whether anything is asked on an occasion. */
export function asksAt (asked: Questions, occasion: Occasion): boolean {
  return questionsAt(asked, occasion).length > 0
}

function isCompared (question: Question): boolean {
  return question.kind === 'scale' && question.asksBefore
}

/** The answers that can be counted, as the numbers under which they are: points of a scale, choices in their order. */
export function valuesOf (question: Question): number[] {
  switch (question.kind) {
    case 'scale': return Array.from({ length: points }, (_, n) => n + 1)
    case 'choice': return question.choices.map((_, n) => n + 1)
    case 'text': return []
  }
}

/** Reads stored questions; those that this version cannot read are a fault. */
export function readQuestions (stored: unknown): Question[] {
  return questions.parse(stored)
}
