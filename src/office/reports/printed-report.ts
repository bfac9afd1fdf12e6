import type { DateTime } from 'luxon'
import { momentInWords } from '../../programme/activities/when.ts'
import { asSet } from '../../platform/pdf/coverage.ts'
import type { Coverage } from '../../platform/pdf/coverage.ts'
import { averageInWords } from './answers-in-words.ts'
import { zone } from './quarters.ts'
import type { Report } from './report.ts'
import type { ReportChoice } from './schema.ts'
import { columnsInWords, noticeInWords, reportInWords, totalInWords } from './staff-page.ts'
import type { Choices } from './staff-page.ts'

/** What its template reads (templates/office/reports/report.typ): the words of the page. */
export function printedReportOf (
  report: Report, choice: ReportChoice, choices: Choices, coverage: Coverage, now: DateTime<true>
) {
  const set = (text: string) => coverage.drawable(asSet(text))
  const { span, of, heading, headline, lines, total, divisions, thought } = reportInWords(report, choice, choices)
  const partnerships = [...new Set(report.blocks.map(({ block }) => block.first.campaign.partnership))]
  return {
    title: `What it came to: ${span}`,
    of: set(partnerships.join(', ')),
    chosen: of.map(set),
    foot: `Made ${momentInWords(now, zone)}`,
    headline,
    notice: noticeInWords,
    columns: [heading, ...Object.values(columnsInWords)],
    lines: [...lines, ...lines.length > 1 ? [{ name: totalInWords, more: '', ...total }] : []].map(line => ({
      name: set(line.name),
      more: set(line.more),
      cells: (Object.keys(columnsInWords) as Array<keyof typeof columnsInWords>).map(column => line[column])
    })),
    thought: {
      heading: thought.heading,
      notice: thought.notice,
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
      const longest = Math.max(1, ...rows.map(({ figures }) => figures.booked.about))
      return {
        heading,
        column,
        sentence,
        rows: rows.map(({ name, booked, came, figures }) => {
          const part = Math.min(figures.came.about, figures.booked.about) / longest
          return { name: set(name), booked, came, part, rest: Math.max(0, figures.booked.about / longest - part) }
        })
      }
    })
  }
}
