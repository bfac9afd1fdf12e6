import type { Distribution, QuestionResult } from '../evaluation-results/results.ts'
import type { Numbered, Occasion } from '../../programme/evaluations/questionnaire.ts'
import { occasions } from '../../programme/evaluations/questionnaire.ts'
import { partsOf, sumOf } from './small-numbers.ts'
import type { Figure } from './small-numbers.ts'

/** The answers to one question on one occasion, of several activities. */
export interface AddedAnswers {
  occasion: Occasion
  /** Number of activities. */
  activities: number
  /** How many people answered it. */
  answered: number
  /** How many gave each answer, in their order. */
  counts: Figure[]
}

/** What was asked in the same words at some activities, and what came of it. */
export interface AddedQuestion {
  question: Numbered
  occasions: AddedAnswers[]
}

/**
 * Adds up what people answered at several activities, each given with its questions. Whatever anyone chooses is a sum
 * of what is published of single activities, and that is decided for each of them alone: nothing where fewer than 5
 * people answered a question, and of 5 or more how many they are, with small numbers hidden among the others. So no
 * report tells more than those of one activity each, whatever is subtracted from what.
 */
export function addedAnswers (activities: ReadonlyArray<readonly QuestionResult[]>): AddedQuestion[] {
  const alike = [...Map.groupBy(activities.flat(), ({ question }) => keyOf(question)).values()]
  return alike.flatMap(results => {
    const [first] = results
    const distributions = results.flatMap(({ distributions }) => distributions)
    const added = occasions.flatMap(occasion => addedOn(occasion, distributions))
    return first === undefined || added.length === 0 ? [] : [{ question: first.question, occasions: added }]
  }).toSorted(byActivities)
}

/** What most activities asked comes first, then as it stands in the questionnaires. */
function byActivities (one: AddedQuestion, other: AddedQuestion): number {
  return mostActivities(other) - mostActivities(one) || one.question.number - other.question.number ||
    (one.question.text < other.question.text ? -1 : 1)
}

/** Questions are the same if people read the same, and choose among the same. */
function keyOf (question: Numbered): string {
  switch (question.kind) {
    case 'scale': return JSON.stringify([question.text, question.low, question.high])
    case 'choice': return JSON.stringify([question.text, question.choices])
    case 'text': return JSON.stringify([question.text])
  }
}

function addedOn (occasion: Occasion, distributions: readonly Distribution[]): AddedAnswers[] {
  const known = distributions.flatMap(({ occasion: on, answered, counts }) =>
    on !== occasion || answered === undefined || counts === undefined ? [] : [{ answered, figures: partsOf(counts) }])
  const [first] = known
  if (first === undefined) return []
  return [{
    occasion,
    activities: known.length,
    answered: known.reduce((sum, { answered }) => sum + answered, 0),
    counts: first.figures.map((_, n) => sumOf(known.flatMap(({ figures }) => figures[n] ?? [])))
  }]
}

function mostActivities ({ occasions }: AddedQuestion): number {
  return Math.max(...occasions.map(({ activities }) => activities))
}
