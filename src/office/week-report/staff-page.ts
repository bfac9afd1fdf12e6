import type { DateTime } from 'luxon'
import { daysInWords, kindInWords } from '../../programme/activities/page.ts'
import { outcomeNumbers } from '../../programme/activities/outcome-numbers.ts'
import { calendarDayInWords, dayInWords } from '../../programme/activities/when.ts'
import { numbersInWords } from '../outcomes/in-words.ts'
import type { AskedActivity } from '../outcomes/queries.ts'
import { barsOf } from '../reports/chart.ts'
import { capitalised } from '../reports/in-words.ts'
import type { Line } from '../reports/report.ts'
import { columnsInWords, noticeInWords } from '../reports/staff-page.ts'
import { figureInWords } from '../reports/small-numbers.ts'
import type { ReportedCampaign } from './queries.ts'
import { dividedBy, divisions, ends, keysIn, tallyOf } from './week-report.ts'
import type { Counted, DivisionBy, End, Tally } from './week-report.ts'

/** A campaign with what it came to. */
export interface CampaignReport {
  campaign: ReportedCampaign
  activities: readonly AskedActivity[]
  /** What is published of its bookings; undefined where no activity with places is over. */
  bookings: Line | undefined
  handedOver: ReadonlyArray<{ name: string, given: number }>
}

const endsInWords: Record<End, string> = {
  done: 'Took place', 'not-said': 'Nobody has said', cancelled: 'Cancelled or did not take place', 'to-come': 'Still to come'
}

const divisionsInWords: Record<DivisionBy, { heading: string, column: string, none: string }> = {
  day: { heading: 'Each day', column: 'Day', none: '' },
  district: { heading: 'Each district', column: 'District', none: 'No district given' },
  audience: { heading: 'Each audience', column: 'Audience', none: 'No audience given' },
  kind: { heading: 'Each kind of activity', column: 'Kind', none: '' },
  agency: { heading: 'Each organisation', column: 'Run by', none: 'The partnership itself' }
}

/** The columns of every table, in their order. */
const tallyColumns = [
  'Activities', 'Took place', 'Cancelled', 'Nobody has said', ...outcomeNumbers.map(number => numbersInWords[number].name)
]

const bookingColumns = ['activities', 'offered', 'booked', 'came', 'didNotCome', 'notRecorded', 'walkIns', 'waited'] as const

/** The report in words, with that of the year before beside it. */
export function weekReportInWords (
  { campaign, activities, bookings, handedOver }: CampaignReport, before: CampaignReport | undefined,
  now: DateTime<true>
) {
  const total = tallyOf(activities, now)
  const earlier = before && tallyOf(before.activities, now)
  return {
    title: campaign.title,
    days: daysInWords(campaign),
    of: campaign.partnership,
    soFar: total.ends['to-come'] > 0 || total.ends['not-said'] > 0
      ? `As it stands on ${dayInWords(now, campaign.zone)}. ${missingInWords(total)}`
      : '',
    notice: `Operational work is not counted here. ${smallInWords}`,
    isEmpty: total.activities === 0,
    before: before && { title: before.campaign.title, days: daysInWords(before.campaign) },
    headline: [
      { text: 'Activities that took place', number: String(total.ends.done), more: `of ${total.activities}`, before: earlier && String(earlier.ends.done) },
      ...outcomeNumbers.map(number => ({
        text: numbersInWords[number].name,
        number: countInWords(total[number]),
        more: ofInWords(total[number]),
        before: earlier && countInWords(earlier[number])
      }))
    ],
    ends: ends.map(end => ({ name: endsInWords[end], count: total.ends[end], before: earlier?.ends[end] }))
      .filter(({ count, before = 0 }) => count > 0 || before > 0),
    columns: tallyColumns,
    divisions: divisions.map(by => ({
      by,
      ...divisionsInWords[by],
      about: by === 'audience' ? 'An activity for two audiences counts for both.' : '',
      rows: dividedBy(activities, one => keysIn(by, one), now).map(({ key, tally }) =>
        ({ name: keyInWords(by, key), cells: cellsOf(tally), tally }))
    })),
    bookings: bookings && {
      notice: noticeInWords,
      rows: bookingColumns.map(column => ({
        name: columnsInWords[column],
        said: cellOf(bookings, column),
        before: before?.bookings && cellOf(before.bookings, column)
      }))
    },
    handedOver: handedOver.map(({ name, given }) => ({
      name, given: given.toLocaleString('en-GB'), before: before?.handedOver.find(one => one.name === name)?.given.toLocaleString('en-GB')
    })),
    learnt: activities.filter(({ isChosen, outcome }) => isChosen && outcome.learnt !== '').map(({ outcome }) => outcome.learnt)
  }
}

const smallInWords = 'We do not show a number of people or conversations below 5 at one activity: totals with it are a range. ' +
  'People who booked are not under “People reached”: their numbers are further down. ' +
  'Numbers that nobody gave us are missing, so the true totals are higher.'

function missingInWords ({ ends: { 'to-come': toCome, 'not-said': notSaid } }: Tally): string {
  return [
    ...toCome === 0 ? [] : [`${toCome === 1 ? '1 activity is' : `${toCome} activities are`} still to come.`],
    ...notSaid === 0 ? [] : [`Nobody has said whether ${notSaid === 1 ? '1 activity' : `${notSaid} activities`} took place.`]
  ].join(' ')
}

/** A number of which nobody has said anything is no 0. */
function countInWords ({ figure, of }: Counted): string {
  return of === 0 ? 'Not said' : figureInWords(figure)
}

function ofInWords ({ of }: Counted): string {
  return of === 0 ? '' : `said of ${of === 1 ? '1 activity' : `${of} activities`}`
}

function cellsOf (tally: Tally): string[] {
  return [
    String(tally.activities), String(tally.ends.done), String(tally.ends.cancelled), String(tally.ends['not-said']),
    ...outcomeNumbers.map(number => countInWords(tally[number]))
  ]
}

function cellOf (line: Line, column: typeof bookingColumns[number]): string {
  const said = line[column]
  if (said === undefined) return 'not counted'
  return typeof said === 'number' ? said.toLocaleString('en-GB') : figureInWords(said)
}

function keyInWords (by: DivisionBy, key: string): string {
  if (key === '') return divisionsInWords[by].none
  if (by === 'day') return calendarDayInWords(key)
  if (by === 'kind') return kindInWords[key as keyof typeof kindInWords]
  return by === 'audience' ? capitalised(key.replaceAll(/[-_]/g, ' ')) : key
}

/** Most bars in a picture: a longer one says nothing at a glance. */
const mostBars = 20

/** The pictures of divisions: how many activities took place, and of how many nobody has said. */
export async function picturesOf (
  { divisions }: ReturnType<typeof weekReportInWords>
): Promise<Partial<Record<DivisionBy, string>>> {
  const few = divisions.filter(({ rows }) => rows.length > 1 && rows.length <= mostBars)
  const drawn = few.map(async ({ by, heading, rows }) =>
    [by, await barsOf(rows.map(({ name, tally: { activities, ends } }) => {
      const parts = [ends.done, ends.cancelled, ends['not-said'] + ends['to-come']].map(exact)
      return { name, whole: exact(activities), parts, numbers: `Took place: ${ends.done} of ${activities}` }
    }), { parts: ['Took place', 'Cancelled', 'Not said or to come'], unshown: '' },
    `${heading}: a bar for each row of the table below, how many activities took place.`)] as const)
  return Object.fromEntries(await Promise.all(drawn))
}

function exact (count: number) {
  return { low: count, high: count, about: count }
}
