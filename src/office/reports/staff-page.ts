import { whenInWords } from '../../programme/activities/when.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import {
  answersNoticeInWords, averageInWords, mostQuestions, questionDrawn, questionInWords, stillOpenInWords, thoughtInWords
} from './answers-in-words.ts'
import { barsOf } from './chart.ts'
import type { PublishedKind } from './divided.ts'
import {
  agenciesToldApart, campaignsToldApart, divisionInWords, groupingInWords, kindOfPeople, linesOf
} from './in-words.ts'
import { shareInWords } from './no-shows.ts'
import type { Division } from './published.ts'
import { isQuarter, quarterInWords, quartersIn, spanInWords } from './quarters.ts'
import type { Span } from './quarters.ts'
import type { NamedCampaign } from './queries.ts'
import { divisionsShown, groupedBy, groupings } from './report.ts'
import type { Grouping, Line, Report } from './report.ts'
import type { ReportChoice, ReportField } from './schema.ts'
import { figureInWords, isExact } from './small-numbers.ts'
import type { Figure } from './small-numbers.ts'
import { toldApart } from './told-apart.ts'

/** Said of every report, wherever it goes. */
export const noticeInWords = 'Nobody can be recognised in these numbers, so you may pass them on: 1 to 4 people are “fewer ' +
  'than 5”, and where other numbers would give that away, they are a little vague too.'

/** What the numbers of a line are called, in their order. */
export const columnsInWords = {
  activities: 'Activities',
  offered: 'Places offered',
  booked: 'Booked',
  came: 'Came',
  didNotCome: 'Did not come',
  notRecorded: 'Not recorded',
  walkIns: 'Without a booking',
  waited: 'Were on a waiting list'
} as const satisfies Partial<Record<keyof Line, string>>

export const totalInWords = 'All'

/** Maximum number of lines on a page; files have all. */
export const mostLines = 200

/** What there is to choose from. */
export interface Choices {
  campaigns: readonly NamedCampaign[]
  agencies: ReadonlyArray<{ slug: string, name: string }>
  /** All quarters that may be chosen. */
  quarters: Span
  usual: ReadonlyArray<Span & { name: string }>
}

/** The form with which a report is chosen; `values` as chosen or typed. */
export function choosingOf (
  choices: Choices, values: Partial<Record<ReportField, string | undefined>>, errors?: FormErrors
) {
  // What was chosen by the address is among them, or the form would show another span than the report below it.
  const chosen = [values.from ?? '', values.to ?? ''].filter(isQuarter)
  const quarters = [...new Set([...quartersIn(choices.quarters), ...chosen])].toSorted().toReversed()
  const select = (name: ReportField, items: ReadonlyArray<{ value: string, text: string }>) =>
    items.map(item => ({ ...item, selected: item.value === (values[name] ?? '') }))
  const inWords = (quarter: string) => ({ value: quarter, text: quarterInWords(quarter) })
  return {
    errors,
    from: select('from', quarters.map(inWords)),
    to: select('to', quarters.map(inWords)),
    campaign: select('campaign', [
      { value: '', text: 'All campaigns' },
      ...campaignsToldApart(choices.campaigns).map(({ slug, name }) => ({ value: slug, text: name }))
    ]),
    agency: select('agency', [
      { value: '', text: 'Everyone' },
      ...agenciesToldApart(choices.agencies).map(({ slug, name }) => ({ value: slug, text: name }))
    ]),
    by: select('by', groupings.map(by => ({ value: by, text: groupingInWords[by].choice }))),
    usual: choices.usual.map(({ name, from, to }) => ({ name, href: addressOf({ ...values, from, to }) }))
  }
}

/** The address of a report; `file` is what comes behind `/staff/reports`. */
export function addressOf (choice: Partial<Record<ReportField, string | undefined>>, file = ''): string {
  const given = Object.entries(choice).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '')
  return `/staff/reports${file}${given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`}`
}

/** A report in words: what it is of, its numbers, and what is not in it. */
export function reportInWords (report: Report, choice: ReportChoice, choices: Choices) {
  const lines = linesInWords(report, choice.by)
  const campaigns = new Map(campaignsToldApart(choices.campaigns).map(({ slug, name }) => [slug, name]))
  return {
    span: spanInWords(choice),
    of: [
      campaignsToldApart(choices.campaigns).find(({ slug }) => slug === choice.campaign)?.name,
      agenciesToldApart(choices.agencies).find(({ slug }) => slug === choice.agency)?.name
    ].filter(name => name !== undefined),
    heading: groupingInWords[choice.by].heading,
    columns: columnsInWords,
    notice: noticeInWords,
    totalName: totalInWords,
    isEmpty: report.total.activities === 0,
    headline: headlineOf(report.total),
    total: cellsOf(report.total),
    lines,
    manyAudiences: choice.by === 'audience',
    divisions: divisionsShown.flatMap(by => divisionInWordsOf(by, report.divisions.get(by) ?? [])),
    thought: {
      heading: thoughtInWords,
      notice: answersNoticeInWords,
      average: averageInWords,
      questions: report.thought.questions.slice(0, mostQuestions).map(questionInWords),
      all: report.thought.questions.length,
      stillOpen: stillOpenInWords(report.thought.stillOpen)
    },
    divided: figureInWords(report.divided.booked),
    isAllDivided: report.divided.activities === report.total.activities,
    goingOn: report.blocks.flatMap(({ block: { isOver, quarter, first } }) => isOver
      ? []
      : [`${campaigns.get(first.campaign.slug) ?? first.campaign.title}, ${first.leadAgency?.name ?? 'led by the partnership itself'}, ${quarterInWords(quarter)}`])
  }
}

/** The main numbers, as sentences. */
function headlineOf ({ activities, offered, booked, came, didNotCome, notRecorded, walkIns }: Line) {
  const known = came.about + didNotCome.about
  const canSay = known >= 20 && (didNotCome.low >= 5 || isExact(didNotCome))
  return [
    { text: 'Activities', number: String(activities), more: `${offered.toLocaleString('en-GB')} places offered` },
    {
      text: 'Places booked',
      number: figureInWords(booked),
      more: offered === 0 ? '' : `${percent(booked.about / offered)} of those offered`
    },
    {
      text: 'People came',
      number: figureInWords(came),
      more: walkIns === undefined ? '' : `and ${figureInWords(walkIns)} without a booking`
    },
    {
      text: 'Did not come',
      number: figureInWords(didNotCome),
      more: canSay ? `${shareInWords(didNotCome.about / known)}, where someone noted it` : ''
    },
    { text: 'Not recorded', number: figureInWords(notRecorded), more: 'nobody noted whether they came' }
  ]
}

function percent (share: number): string {
  return `${Math.round(share * 100)}%`
}

/** A line of a table: its name, and its numbers as they are read. */
export interface LineInWords extends ReturnType<typeof cellsOf> {
  name: string
  more: string
  href: string | undefined
}

export function linesInWords (report: Report, by: Grouping): Array<LineInWords & { line: Line }> {
  if (by === 'activity') {
    return toldApart(report.lines.flatMap(({ of, block, line }) =>
      linesOf(by, of, block.quarter).map(({ name, hints }) => ({
        name, more: whenInWords(of), hints, href: `/staff/activities/${of.slug}`, ...cellsOf(line), line
      }))))
  }
  const isOfBlocks = by === 'campaign' || by === 'agency' || by === 'quarter'
  return toldApart(groupedBy(report, (activity, quarter) => linesOf(by, activity, quarter), isOfBlocks)
    .map(({ name, hints, line }) => ({ name, more: '', hints, href: undefined, ...cellsOf(line), line })))
}

function cellsOf ({ activities, offered, booked, came, didNotCome, notRecorded, walkIns, waited }: Line) {
  return {
    activities: String(activities),
    offered: offered.toLocaleString('en-GB'),
    booked: figureInWords(booked),
    waited: figureInWords(waited),
    came: figureInWords(came),
    didNotCome: figureInWords(didNotCome),
    notRecorded: figureInWords(notRecorded),
    walkIns: walkIns === undefined ? 'not counted' : figureInWords(walkIns)
  }
}

function divisionInWordsOf (by: Division, kinds: readonly PublishedKind[]) {
  if (kinds.length === 0) return []
  const sorted = by === 'lead-time'
    ? kinds.toSorted((one, other) => placeOf(one.value) - placeOf(other.value))
    : kinds.toSorted((one, other) => other.booked.about - one.booked.about || (one.value < other.value ? -1 : 1))
  return [{
    by,
    ...divisionInWords[by],
    sentence: by === 'lead-time' ? medianInWords(sorted) : '',
    rows: sorted.map(({ value, booked, came }) => ({
      name: kindOfPeople(by, value), booked: figureInWords(booked), came: figureInWords(came), figures: { booked, came }
    }))
  }]
}

/** What nobody knows comes last. */
function placeOf (leadTime: string): number {
  return leadTime === '' ? Infinity : Number(leadTime)
}

/** When half of the people had booked, by what is published of how many booked when. */
function medianInWords (kinds: readonly PublishedKind[]): string {
  const known = kinds.filter(({ value }) => value !== '')
  const all = known.reduce((sum, { booked }) => sum + booked.about, 0)
  let sum = 0
  const middle = known.find(({ booked }) => (sum += booked.about) >= all / 2)
  if (middle === undefined || all < 20) return ''
  const inWords = kindOfPeople('lead-time', middle.value).toLowerCase()
  return `Half of the people had booked ${middle.value === '0' ? inWords : `${inWords} before`}.`
}

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
  { heading, rows }: { heading: string, rows: ReadonlyArray<{ name: string, figures: Omit<PublishedKind, 'value'> }> }
): Promise<string> {
  return await barsOf(
    rows.map(({ name, figures }) => ({ name, parts: [figures.came, restOf(figures)] })),
    ['Came', 'Booked and did not, or not known'],
    `${heading}: a bar for each row of the table below, how many booked and how many of them came.`)
}

async function linesDrawn (lines: ReadonlyArray<{ name: string, line: Line }>): Promise<string> {
  return await barsOf(
    lines.map(({ name, line }) => ({ name, parts: [line.came, line.didNotCome, line.notRecorded] })),
    ['Came', 'Did not come', 'Not recorded'],
    'A bar for each line of the table below: how many came, how many did not, and of how many nobody noted it.')
}

/** Those who booked and are not known to have come: the difference of what is published. */
function restOf ({ booked, came }: { booked: Figure, came: Figure }): Figure {
  return {
    low: Math.max(0, booked.low - came.high),
    high: booked.high - came.low,
    about: Math.max(0, booked.about - came.about)
  }
}
