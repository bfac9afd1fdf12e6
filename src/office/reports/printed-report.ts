import type { DateTime } from 'luxon'
import { momentInWords } from '../../programme/activities/when.ts'
import { asSet } from '../../platform/pdf/coverage.ts'
import type { Coverage } from '../../platform/pdf/coverage.ts'
import { officeZone } from '../../platform/clock.ts'
import { averageInWords } from './answers-in-words.ts'
import { drawnBars } from './bars.ts'
import type { DrawnBar } from './bars.ts'
import type { Report } from './report.ts'
import type { ReportChoice } from './schema.ts'
import { columnsInWords, noticeInWords, reportInWords, totalInWords } from './staff-page.ts'
import type { Choices } from './choosing.ts'

/** What the tones of bars mean, in the order of their parts. */
const toneNames = ['Dark: came.', 'Light: did not, or not recorded.', 'Grey: who of them came is not shown.']

/** What its template reads (templates/office/reports/report.typ): the words of the page. */
export function printedReportOf (
  report: Report, choice: ReportChoice, choices: Choices, coverage: Coverage, now: DateTime<true>
) {
  const set = (text: string) => coverage.drawable(asSet(text))
  const {
    span, soFar, of, heading, headline, lines, total, aboutLines, aboutDivisions, divisions, thought, goingOnHeading,
    aboutGoingOn, goingOn
  } = reportInWords(report, choice, choices, now)
  const counted = report.blocks.filter(({ block }) => block.activities.length > 0)
  // One that passed to another in a quarter is there with both names.
  const partnerships = [...new Set(counted.flatMap(({ block }) =>
    block.activities.map(({ campaign }) => campaign.partnership)))]
  return {
    title: `What it came to: ${span}`,
    of: set(partnerships.join(', ')),
    chosen: of.map(set),
    soFar,
    foot: `Made ${momentInWords(now, officeZone)}`,
    headline,
    notice: noticeInWords,
    columns: [heading, ...Object.values(columnsInWords)],
    lines: [...lines, ...lines.length > 1 ? [{ name: totalInWords, more: '', ...total }] : []].map(line => ({
      name: set(line.name),
      more: set(line.more),
      cells: (Object.keys(columnsInWords) as Array<keyof typeof columnsInWords>).map(column => line[column])
    })),
    aboutLines,
    aboutDivisions: divisions.length === 0 ? '' : aboutDivisions,
    goingOn: { heading: goingOnHeading, about: aboutGoingOn, campaigns: goingOn.map(set) },
    thought: {
      heading: thought.heading,
      notice: [thought.notice, thought.stillOpen].filter(text => text !== '').join(' '),
      isSaid: thought.questions.length > 0 || thought.stillOpen !== '',
      ofAll: thought.ofAll,
      questions: thought.questions.map(({ text, heads, rows, means, answered, activities }) => ({
        text: set(text),
        heads,
        rows: rows.map(({ answer, cells }) => ({ answer: set(answer), cells })),
        sums: [
          ...means === undefined ? [] : [{ name: averageInWords, cells: means }],
          { name: 'Answered', cells: answered },
          { name: 'Activities', cells: activities }
        ]
      }))
    },
    divisions: divisions.map(({ heading, column, sentence, rows }) => {
      const drawn = drawnBars(rows.map(({ name, bar }) => ({ name, ...bar })))
      const lengthOf = ({ parts, unshown }: DrawnBar) => parts.reduce((sum, part) => sum + part, unshown)
      const longest = Math.max(1, ...drawn.map(lengthOf))
      const tones = toneNames.filter((_, tone) =>
        drawn.some(({ parts, unshown }) => ([...parts, unshown][tone] ?? 0) > 0))
      return {
        heading,
        column,
        tones: tones.join(' '),
        sentence,
        rows: rows.map(({ name, booked, came }, n) => {
          const { parts, unshown } = drawn[n] ?? { parts: [], unshown: 0 }
          return { name: set(name), booked, came, bar: [...parts, unshown].map(length => length / longest) }
        })
      }
    })
  }
}
