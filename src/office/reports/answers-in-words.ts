import { chartOf } from '../evaluation-results/chart.ts'
import { named } from '../../platform/svg-chart.ts'
import { answersInWords, occasionsInWords } from '../evaluation-results/results.ts'
import type { QuestionResult } from '../evaluation-results/results.ts'
import type { AddedAnswers, AddedQuestion } from './answers.ts'
import { figureInWords, isNear } from './small-numbers.ts'
import type { Figure } from './small-numbers.ts'

/** Maximum number of questions on a page and on paper; the file has all. */
export const mostQuestions = 15

export const thoughtInWords = 'What people thought'

export const averageInWords = 'Average, from 1 to 5'

/** Said of all answers, wherever they go. */
export const answersNoticeInWords = 'Answers count when people can no longer give any: 60 days after an activity. Before and ' +
  'afterwards are compared as groups, and may be of different people. What people wrote is not in reports.'

export function stillOpenInWords (stillOpen: number): string {
  if (stillOpen === 0) return ''
  return stillOpen === 1
    ? 'For 1 activity people can still answer. What they have said so far is on its page “What people thought”.'
    : `For ${stillOpen} activities people can still answer. What they have said so far is on the page “What people thought” of each.`
}

/** A question with its answers as they are read: a row for each answer, a column for each occasion. */
export function questionInWords ({ question, occasions }: AddedQuestion) {
  return {
    text: question.text,
    heads: occasions.map(({ occasion }) => occasionsInWords[occasion]),
    rows: answersInWords(question).map((answer, n) => ({
      answer,
      cells: occasions.map(({ counts, answered }) => {
        const figure = counts[n] ?? { low: 0, high: 0, about: 0 }
        return { text: figureInWords(figure), share: isNear(figure, answered) ? figure.about / answered : undefined }
      })
    })),
    means: question.kind === 'scale' ? occasions.map(meanInWords) : undefined,
    answered: occasions.map(({ answered }) => answered.toLocaleString('en-GB')),
    activities: occasions.map(({ activities }) => String(activities))
  }
}

/** The middle of the answers, by what is published of them. */
function meanInWords ({ counts, answered }: AddedAnswers): string {
  const low = leastSum(counts, answered) / answered
  // The answers counted from the other end, the least of these is the most.
  const high = counts.length + 1 - leastSum(counts.toReversed(), answered) / answered
  return low.toFixed(1) === high.toFixed(1) ? low.toFixed(1) : `${low.toFixed(1)} to ${high.toFixed(1)}`
}

/** The least that all answers can come to: whoever may have given one of several gave the lowest. */
function leastSum (counts: readonly Figure[], answered: number): number {
  let left = answered - counts.reduce((sum, { low }) => sum + low, 0)
  return counts.reduce((sum, { low, high }, n) => {
    const more = Math.min(left, high - low)
    left -= more
    return sum + (low + more) * (n + 1)
  }, 0)
}

/** A share in percent; from where to where, if it is not known. */
function shareInWords ({ low, high }: Figure, answered: number): string {
  const [least, most] = [low, high].map(count => Math.round(100 * Math.min(1, count / answered)))
  return least === most ? `${least}%` : `${least}\u2013${most}%`
}

/** The picture of a question: the shares of the table below it, with a bar where they are known to a tenth. */
export async function questionDrawn ({ question, occasions }: AddedQuestion): Promise<string> {
  const result: QuestionResult = {
    question,
    texts: undefined,
    distributions: occasions.map(({ occasion, answered, counts }) => ({
      occasion, answered, counts: counts.map(count => isNear(count, answered) ? count.about : 0), mean: undefined
    }))
  }
  const labels = occasions.map(({ answered, counts }) => counts.map(count => shareInWords(count, answered)))
  return named(await chartOf(result, 'narrow', labels), `${question.text} A bar for each answer, as long as the share of people ` +
    'who gave it. The numbers are in the table below.')
}
