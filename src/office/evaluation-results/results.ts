import { fewest, occasions, points, questionsAt, valuesOf } from '../../programme/evaluations/questionnaire.ts'
import type { Numbered, Occasion, Questions } from '../../programme/evaluations/questionnaire.ts'

/** How often an answer was given; question 0 counts the answered forms. */
export interface Count { occasion: Occasion, question: number, value: number, count: number }

/** What someone wrote. */
export interface Text { occasion: Occasion, question: number, text: string }

/** The answers to one question on one occasion. */
export interface Distribution {
  occasion: Occasion
  /** Undefined: fewer than `fewest` so far. */
  answered: number | undefined
  /** How often each answer was given, in their order; undefined as above. */
  counts: number[] | undefined
  /** The middle of a scale's answers; undefined as above, and where there is no scale. */
  mean: number | undefined
}

/** What was asked, and what came of it. */
export interface QuestionResult {
  question: Numbered
  /** The occasions on which it is asked, in order, so that they can be compared. */
  distributions: Distribution[]
  /** What people wrote; undefined: fewer than `fewest` have answered at all. */
  texts: Text[] | undefined
}

/** What people thought of an activity, as far as that may be shown. */
export interface Results {
  /** How many have answered on each occasion; undefined: fewer than `fewest`. */
  answered: Array<{ occasion: Occasion, forms: number | undefined }>
  questions: QuestionResult[]
}

/**
 * What people thought, from the counts. Before, after and three months later stand beside each other as what they are,
 * the answers of two or three groups of people: nobody is followed from one to the next.
 */
export function resultsOf (asked: Questions, counts: readonly Count[], texts: readonly Text[]): Results {
  const formsOf = (occasion: Occasion) =>
    counts.find(count => count.occasion === occasion && count.question === 0)?.count ?? 0
  const asking = (question: Numbered) =>
    occasions.filter(occasion => questionsAt(asked, occasion).some(({ number }) => number === question.number))
  return {
    answered: occasions.filter(occasion => questionsAt(asked, occasion).length > 0)
      .map(occasion => ({ occasion, forms: enough(formsOf(occasion)) })),
    questions: questionsAt(asked, 'after').map(question => ({
      question,
      distributions: question.kind === 'text' ? [] : asking(question).map(occasion => distributionOf(question, occasion, counts)),
      texts: question.kind === 'text' && enough(formsOf('after')) !== undefined ? textsOf(question, texts) : undefined
    }))
  }
}

function enough (number: number): number | undefined {
  return number < fewest ? undefined : number
}

function distributionOf (question: Numbered, occasion: Occasion, counts: readonly Count[]): Distribution {
  const each = valuesOf(question).map(value => counts.find(count =>
    count.occasion === occasion && count.question === question.number && count.value === value)?.count ?? 0)
  const answered = enough(each.reduce((sum, count) => sum + count, 0))
  if (answered === undefined) return { occasion, answered, counts: undefined, mean: undefined }
  const sum = each.reduce((sum, count, n) => sum + count * (n + 1), 0)
  return { occasion, answered, counts: each, mean: question.kind === 'scale' ? sum / answered : undefined }
}

/** In an order that says nothing of who wrote when. */
function textsOf ({ number }: Numbered, texts: readonly Text[]): Text[] {
  return texts.filter(({ question }) => question === number).sort((one, other) => one.text < other.text ? -1 : 1)
}

/** The words for each answer that can be counted: `1 – Not at all`, `2`, …; or the choices. */
export function answersInWords (question: Numbered): string[] {
  switch (question.kind) {
    case 'scale': return valuesOf(question).map(value =>
      value === 1 ? `1 – ${question.low}` : value === points ? `${points} – ${question.high}` : String(value))
    case 'choice': return question.choices
    case 'text': return []
  }
}

export const occasionsInWords: Record<Occasion, string> = {
  before: 'Before', after: 'Afterwards', later: 'Three months on'
}
