import { csvOf, byteOrderMark } from '../../platform/csv.ts'
import { answersInWords } from '../evaluation-results/results.ts'
import { thoughtInWords } from './answers-in-words.ts'
import { divisionInWords, groupingInWords, kindOfPeople } from './in-words.ts'
import { linesInWords } from './staff-page.ts'
import { divisionsShown } from './report.ts'
import type { Grouping, Report } from './report.ts'
import { exactly, figureInWords } from './small-numbers.ts'

/** The names of the columns: scripts of others rely on them. */
const columns = [
  'table', 'name', 'when', 'activities', 'offered', 'booked', 'waited', 'came', 'did_not_come', 'not_recorded', 'walk_ins',
  'question', 'occasion', 'answers', 'answered'
] as const

/**
 * A report as one CSV file for Excel: the lines, how people are divided, and what they thought. Each cell says what the
 * page says.
 */
export function reportFile (report: Report, by: Grouping): string {
  const lines = linesInWords(report, by).map(line => [
    groupingInWords[by].heading, line.name, line.more, line.activities, plain(line.offered), plain(line.booked),
    plain(line.waited), plain(line.came), plain(line.didNotCome), plain(line.notRecorded), plain(line.walkIns),
    '', '', '', ''
  ])
  const kinds = divisionsShown.flatMap(by => (report.divisions.get(by) ?? []).map(({ value, booked, came }) => [
    divisionInWords[by].column, kindOfPeople(by, value), '', '', '', plain(figureInWords(booked)), '',
    plain(figureInWords(came)), '', '', '', '', '', '', ''
  ]))
  return byteOrderMark + csvOf([columns, ...lines, ...kinds, ...answersOf(report)], '\r\n')
}

function answersOf ({ thought }: Report): string[][] {
  return thought.questions.flatMap(({ question, occasions }) =>
    occasions.flatMap(({ occasion, activities, answered, counts }) => answersInWords(question).map((answer, n) => [
      thoughtInWords, answer, '', String(activities), '', '', '', '', '', '', '', question.text, occasion,
      plain(figureInWords(counts[n] ?? exactly(0))), String(answered)
    ])))
}

/** Without the comma between thousands, with which a spreadsheet may take a number for a text. */
function plain (number: string): string {
  return number.replaceAll(/(?<=\d),(?=\d{3})/g, '')
}
