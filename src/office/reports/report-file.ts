import type { DateTime } from 'luxon'
import { csvFile } from '../../platform/csv.ts'
import { answersInWords } from '../evaluation-results/results.ts'
import { thoughtInWords } from './answers-in-words.ts'
import { divisionInWords, groupingInWords, kindOfPeople } from './in-words.ts'
import { cameInWords, linesInWords, reportInWords } from './staff-page.ts'
import type { Choices } from './choosing.ts'
import { divisionsShown } from './report.ts'
import type { Report } from './report.ts'
import type { ReportChoice } from './schema.ts'
import { exactly, figureInWords } from './small-numbers.ts'

/** The names of the columns: scripts of others rely on them. */
const columns = [
  'table', 'name', 'when', 'activities', 'offered', 'booked', 'waited', 'came', 'did_not_come', 'not_recorded', 'walk_ins',
  'question', 'occasion', 'answers', 'answered'
] as const

/** The table of the rows that say what the file is of, and how to read it. */
const aboutInWords = 'About this report'

/**
 * A report as one CSV file for Excel: what it is of, the lines, how people are divided, and what they thought. Each
 * cell says what the page says. What it says of itself are rows of a table of their own, above the others: whoever
 * opens it reads these first, and a program leaves them out by their table.
 */
export function reportFile (report: Report, choice: ReportChoice, choices: Choices, now: DateTime<true>): string {
  const { by } = choice
  const about = sentencesOf(report, choice, choices, now)
    .map(sentence => [aboutInWords, sentence, ...columns.slice(2).map(() => '')])
  const lines = linesInWords(report, by).map(line => [
    groupingInWords[by].heading, line.name, line.more, line.activities, plain(line.offered), plain(line.booked),
    plain(line.waited), plain(line.came), plain(line.didNotCome), plain(line.notRecorded), plain(line.walkIns),
    '', '', '', ''
  ])
  const kinds = divisionsShown.flatMap(by => (report.divisions.get(by) ?? []).map(({ value, booked, came }) => [
    divisionInWords[by].column, kindOfPeople(by, value), '', '', '', plain(figureInWords(booked)), '',
    plain(cameInWords(came)), '', '', '', '', '', '', ''
  ]))
  return csvFile(columns, [...about, ...lines, ...kinds, ...answersOf(report)])
}

/** What the page says besides its numbers, in its order. */
function sentencesOf (report: Report, choice: ReportChoice, choices: Choices, now: DateTime<true>): string[] {
  const {
    span, made, soFar, of, notice, aboutLines, aboutDivisions, divisions, thought, goingOnHeading, aboutGoingOn, goingOn
  } = reportInWords(report, choice, choices, now)
  const isAsked = thought.questions.length > 0 || thought.stillOpen !== ''
  return [
    `What it came to: ${span}`,
    of.length === 0 ? 'All campaigns, and everyone who leads activities' : of.join(', '),
    made,
    soFar,
    notice,
    aboutLines,
    ...divisions.length === 0 ? [] : [aboutDivisions],
    ...isAsked ? [thought.notice, thought.stillOpen] : [],
    ...goingOn.length === 0 ? [] : [`${goingOnHeading}: ${goingOn.join('; ')}. ${aboutGoingOn}`]
  ].filter(sentence => sentence !== '')
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
