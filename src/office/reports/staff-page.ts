import type { DateTime } from 'luxon'
import { dayInWords, whenInWords } from '../../programme/activities/when.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { officeZone } from '../../platform/clock.ts'
import {
  answersNoticeInWords, averageInWords, mostQuestions, questionDrawn, questionInWords, stillOpenInWords, thoughtInWords
} from './answers-in-words.ts'
import type { Bar } from './bars.ts'
import { barsOf } from './chart.ts'
import type { PublishedKind } from './divided.ts'
import {
  agenciesToldApart, campaignsToldApart, divisionInWords, groupingInWords, kindOfPeople, linesOf
} from './in-words.ts'
import { rangeInWords, shareInWords } from './no-shows.ts'
import type { Division } from './published.ts'
import { isOver, isQuarter, quarterInWords, quartersIn, spanInWords } from './quarters.ts'
import type { Span } from './quarters.ts'
import type { NamedCampaign } from './queries.ts'
import { divisionsShown, groupedBy, groupings } from './report.ts'
import type { Grouping, Line, Report } from './report.ts'
import type { ReportChoice, ReportField } from './schema.ts'
import { fewest, figureInWords, isExact, sumOf } from './small-numbers.ts'
import type { Figure } from './small-numbers.ts'
import { toldApart } from './told-apart.ts'

/** Said of every report, wherever it goes. */
export const noticeInWords = 'Nobody can be recognised in these numbers, so you may pass them on: 1 to 4 people are “fewer ' +
  'than 5”, and where other numbers would give that away, they are vague, or not shown. ' +
  'Two numbers with “to” between them are any number from one to the other, and “about” is right to a tenth. ' +
  'Where nobody counted how many of a booking for several people came, we count all of them. ' +
  'Operational work is not counted here.'

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
export function reportInWords (report: Report, choice: ReportChoice, choices: Choices, now: DateTime<true>) {
  const lines = linesInWords(report, choice.by)
  const campaigns = new Map(campaignsToldApart(choices.campaigns).map(({ slug, name }) => [slug, name]))
  return {
    span: spanInWords(choice),
    made: `Made on ${dayInWords(now, officeZone)}`,
    soFar: isOver(choice, now) ? '' : `Up to ${dayInWords(now, officeZone)}: only what is over counts.`,
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
    aboutLines: choice.by === 'audience' ? 'An activity for two audiences counts for both.' : '',
    divisions: divisionsShown.flatMap(by => divisionInWordsOf(by, report.divisions.get(by) ?? [])),
    thought: {
      heading: thoughtInWords,
      notice: answersNoticeInWords,
      average: averageInWords,
      questions: report.thought.questions.slice(0, mostQuestions).map(questionInWords),
      ofAll: report.thought.questions.length > mostQuestions
        ? `These are the ${mostQuestions} questions that most activities asked, of ${report.thought.questions.length}. The file with the numbers has all of them.`
        : '',
      stillOpen: stillOpenInWords(report.thought.stillOpen)
    },
    aboutDivisions: report.divided.activities === report.total.activities
      ? ''
      : `What follows is of ${figureInWords(report.divided.booked)} booked places: of campaigns that are over in their quarter.`,
    goingOnHeading: 'Still going on',
    aboutGoingOn: 'Where people live, who they are and how they heard follows when the last activity of a campaign in its quarter is over.',
    goingOn: report.blocks.flatMap(({ block: { isOver, quarter, first } }) => isOver
      ? []
      : [`${campaigns.get(first.campaign.slug) ?? first.campaign.title}, ${first.leadAgency?.name ?? 'led by the partnership itself'}, ${quarterInWords(quarter)}`])
  }
}

/** The main numbers, as sentences. */
function headlineOf (line: Line) {
  const { activities, offered, booked, came, didNotCome, notRecorded, walkIns } = line
  return [
    { text: 'Activities', number: String(activities), more: `${offered.toLocaleString('en-GB')} places offered` },
    {
      text: 'Places booked',
      number: figureInWords(booked),
      more: bookedInWords(line)
    },
    {
      text: 'People came',
      number: figureInWords(came),
      more: walkIns === undefined ? '' : `and ${figureInWords(walkIns)} without a booking`
    },
    {
      text: 'Did not come',
      number: figureInWords(didNotCome),
      more: shareAwayInWords(came, didNotCome)
    },
    {
      text: 'Not recorded',
      number: figureInWords(notRecorded),
      more: notRecorded.high === 0 ? '' : 'of these nobody noted whether they came'
    }
  ]
}

/** How many did not come of those of whom it is known; nothing where that can be a fifth more or less. */
function shareAwayInWords (came: Figure, didNotCome: Figure): string {
  if (came.low + didNotCome.low < 20 || (didNotCome.low < fewest && !isExact(didNotCome))) return ''
  const [low, high] = [
    didNotCome.low / (didNotCome.low + came.high), didNotCome.high / (didNotCome.high + came.low)
  ]
  if (high - low > 0.2) return ''
  return `${low === high ? shareInWords(low) : rangeInWords({ low, high })}, where someone noted it`
}

/**
 * How many of the places offered were booked. More may be booked than there are, where that was allowed or places were
 * taken away afterwards; nothing is said where some activities had no number of places.
 */
function bookedInWords ({ offered, isAllOffered, booked }: Line): string {
  if (offered === 0 || !isAllOffered || !isExact(booked)) return ''
  const more = booked.low - offered
  return more > 0
    ? `${more.toLocaleString('en-GB')} more than were offered`
    : `${Math.round(booked.low / offered * 100)}% of those offered`
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
      name: kindOfPeople(by, value),
      booked: figureInWords(booked),
      came: cameInWords(came),
      bar: { whole: booked, parts: [came, came === undefined ? undefined : restOf(booked, came)] }
    }))
  }]
}

/** How many came of some people; undefined: nothing is said of it. */
export function cameInWords (came: Figure | undefined): string {
  return came === undefined ? 'not shown' : figureInWords(came)
}

/** What nobody knows comes last. */
function placeOf (leadTime: string): number {
  return leadTime === '' ? Infinity : Number(leadTime)
}

/** When half of the people had booked, where that follows from what is published of how many booked when. */
function medianInWords (kinds: readonly PublishedKind[]): string {
  const known = kinds.filter(({ value }) => value !== '')
  const all = (some: readonly PublishedKind[]) => sumOf(some.map(({ booked }) => booked))
  const middle = known.find((_, n) =>
    all(known.slice(0, n)).high < all(known.slice(n)).low &&
    all(known.slice(0, n + 1)).low >= all(known.slice(n + 1)).high)
  if (middle === undefined || all(known).low < 20) return ''
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

/** Those who booked and are not known to have come: the difference of what is published. */
function restOf (booked: Figure, came: Figure): Figure {
  return {
    low: Math.max(0, booked.low - came.high),
    high: booked.high - came.low,
    about: Math.max(0, booked.about - came.about)
  }
}
