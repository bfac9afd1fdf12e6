import { chartOf } from '../evaluation-results/chart.ts'
import { answersInWords, occasionsInWords } from '../evaluation-results/results.ts'
import type { QuestionResult } from '../evaluation-results/results.ts'
import type { AddedAnswers, AddedQuestion } from './answers.ts'
import { named } from './chart.ts'
import { figureInWords, isExact } from './small-numbers.ts'

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
        return { text: figureInWords(figure), share: Math.min(1, figure.about / answered) }
      })
    })),
    means: question.kind === 'scale' ? occasions.map(meanInWords) : undefined,
    answered: occasions.map(({ answered }) => answered.toLocaleString('en-GB')),
    activities: occasions.map(({ activities }) => String(activities))
  }
}

/** The middle of the answers, by what is published of them. */
function meanInWords ({ counts }: AddedAnswers): string {
  const mean = meanOf(counts.map(({ about }) => about)).toFixed(1)
  return counts.every(isExact) ? mean : `about ${mean}`
}

function meanOf (counts: readonly number[]): number {
  const answered = counts.reduce((sum, count) => sum + count, 0)
  return counts.reduce((sum, count, n) => sum + count * (n + 1), 0) / answered
}

/** The picture of a question: the shares of the table below it. */
export async function questionDrawn ({ question, occasions }: AddedQuestion): Promise<string> {
  const result: QuestionResult = {
    question,
    texts: undefined,
    distributions: occasions.map(({ occasion, answered, counts }) => {
      const about = counts.map(({ about }) => about)
      return { occasion, answered, counts: about, mean: meanOf(about) }
    })
  }
  return named(await chartOf(result, 'narrow'), `${question.text} A bar for each answer, as long as the share of people ` +
    'who gave it. The numbers are in the table below.')
}
