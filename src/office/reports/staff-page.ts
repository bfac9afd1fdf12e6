import type { DateTime } from 'luxon'
import { dayInWords, whenInWords } from '../../programme/activities/when.ts'
import { officeZone } from '../../platform/clock.ts'
import {
  answersNoticeInWords, averageInWords, mostQuestions, questionInWords, stillOpenInWords, thoughtInWords
} from './answers-in-words.ts'
import type { PublishedKind } from './divided.ts'
import {
  agenciesToldApart, campaignsToldApart, divisionInWords, groupingInWords, kindOfPeople, linesOf
} from './in-words.ts'
import { rangeInWords, shareInWords } from './no-shows.ts'
import type { Division } from './published.ts'
import { isOver, quarterInWords, spanInWords } from './quarters.ts'
import { divisionsShown, groupedBy } from './report.ts'
import type { Grouping, Line, Report } from './report.ts'
import type { ReportChoice } from './schema.ts'
import { fewest, figureInWords, isExact, sumOf } from './small-numbers.ts'
import type { Figure } from './small-numbers.ts'
import { toldApart } from './told-apart.ts'
import type { Choices } from './choosing.ts'

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

export function divisionInWordsOf (by: Division, kinds: readonly PublishedKind[]) {
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

/** Those who booked and are not known to have come: the difference of what is published. */
function restOf (booked: Figure, came: Figure): Figure {
  return {
    low: Math.max(0, booked.low - came.high),
    high: booked.high - came.low,
    about: Math.max(0, booked.about - came.about)
  }
}
