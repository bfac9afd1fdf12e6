import { csvFile } from '../../platform/csv.ts'
import { fewest } from '../../programme/evaluations/questionnaire.ts'
import { answersInWords } from './results.ts'
import type { Results } from './results.ts'

const columns = ['question_number', 'question', 'occasion', 'answer', 'count', 'answered']

/**
 * What people thought, as CSV: how often each answer was given. What they wrote stays on the page, where someone reads
 * it first and can delete it.
 */
export function csvFileOf ({ questions }: Results): string {
  const tooFew = `fewer than ${fewest}`
  const rows = questions.flatMap(({ question, distributions }) =>
    distributions.flatMap(({ occasion, answered, counts }) => answersInWords(question).map((answer, n) => [
      String(question.number), question.text, occasion, answer, counts === undefined ? '' : String(counts[n]),
      answered === undefined ? tooFew : String(answered)
    ])))
  return csvFile(columns, rows)
}
