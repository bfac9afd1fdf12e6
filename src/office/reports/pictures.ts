import { mostQuestions, questionDrawn } from './answers-in-words.ts'
import type { Bar } from './bars.ts'
import { barsOf } from './chart.ts'
import type { Division } from './published.ts'
import { divisionsShown } from './report.ts'
import type { Grouping, Line, Report } from './report.ts'
import { figureInWords } from './small-numbers.ts'
import { linesInWords, divisionInWordsOf } from './staff-page.ts'

/** Maximum number of bars in a picture of lines: a longer one says nothing at a glance. */
const mostBars = 20

/** The pictures of a report, by what they are of; of questions one each. */
export async function picturesOf (
  report: Report, by: Grouping
): Promise<Partial<Record<Division | 'lines', string>> & { questions: string[] }> {
  const lines = linesInWords(report, by)
  const divisions = await Promise.all(divisionsShown.flatMap(by =>
    divisionInWordsOf(by, report.divisions.get(by) ?? []).map(async division =>
      [by, await divisionDrawn(division)] as const)))
  return {
    ...Object.fromEntries(divisions),
    questions: await Promise.all(report.thought.questions.slice(0, mostQuestions).map(questionDrawn)),
    ...lines.length > mostBars ? {} : { lines: await linesDrawn(lines) }
  }
}

async function divisionDrawn (
  { heading, rows }: {
    heading: string, rows: ReadonlyArray<{ name: string, booked: string, came: string, bar: Omit<Bar, 'name'> }>
  }
): Promise<string> {
  return await barsOf(
    rows.map(({ name, booked, came, bar }) => ({ name, ...bar, numbers: `Booked: ${booked}. Came: ${came}` })),
    { parts: ['Came', 'Did not, or not recorded'], unshown: 'Booked, who of them came is not shown' },
    `${heading}: a bar for each row of the table below, how many booked and how many of them came.`)
}

async function linesDrawn (lines: ReadonlyArray<{ name: string, line: Line }>): Promise<string> {
  return await barsOf(
    lines.map(({ name, line: { booked, ...line } }) => {
      const parts = [line.came, line.didNotCome, line.notRecorded]
      return { name, whole: booked, parts, numbers: parts.map(figureInWords).join(', ') }
    }),
    { parts: ['Came', 'Did not come', 'Not recorded'], unshown: 'Booked, what became of them is not shown' },
    'A bar for each line of the table below: how many came, how many did not, and of how many nobody noted it.')
}
