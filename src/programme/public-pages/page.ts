import type { DateTime } from 'luxon'
import { lastPageOf, paginationOf } from '../../platform/http/pagination.ts'
import { officeZone } from '../../platform/clock.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { excerptOf } from '../sharing/excerpt.ts'
import { maxSubEvents } from '../sharing/structured-data.ts'
import { isPast } from '../activities/booking-window.ts'
import { bookableOf, campaignPageOf, cardOf, cardOfDay, daysInWords } from '../activities/page.ts'
import type { OfferedActivity } from '../activities/queries.ts'
import { calendarDayInWords, calendarDayOf, timesInWords } from '../activities/when.ts'
import {
  activitiesInWords, choiceInWords, chosenInWords, hourInWords, shortDay, viewInWords
} from './in-words.ts'
import { listingOf } from './listing.ts'
import type { Listing } from './listing.ts'
import { drawnOverview, overviewOf } from './overview.ts'
import { districtInWords } from './placed.ts'
import type { PlacedActivity } from './placed.ts'
import { countMatching, countOf, everything, isNarrowed, matches, searchOf } from './programme-filter.ts'
import type { Asked, Choices, FilterField } from './programme-filter.ts'
import type { PublicProgramme } from './queries.ts'
import { perCell, timetablesOf } from './timetable.ts'
import type { Timetable } from './timetable.ts'

/** A programme that is as short as this needs no filter. */
const shortEnough = 8
/** So many days are links; more are a list to select from. */
const maxDayLinks = 14

/** What an address asks for of a programme, and what is to come of all of it. */
export interface ShownProgramme {
  toCome: PlacedActivity[]
  asked: Asked
  /** All that fits, of which a list shows a page. */
  found: PlacedActivity[]
  listing: Listing
  timetables: Timetable[]
}

export function shownOf (programme: readonly PlacedActivity[], asked: Asked, now: DateTime<true>): ShownProgramme {
  const found = programme.filter(one => matches(one, asked))
  return {
    toCome: programme.filter(({ activity }) => !isPast(activity, now)),
    asked,
    found,
    listing: listingOf(asked.view === 'overview' ? [] : found, asked.page, now),
    timetables: asked.view === 'timetable' ? timetablesOf(found) : []
  }
}

/** Ids of the activities of which a page says more than how many there are, if only to search engines. */
export function namedIn ({ toCome, listing, timetables }: ShownProgramme): string[] {
  const listed = listing.sections.flatMap(({ activities }) => activities)
  const inTables = timetables.flatMap(({ long, rows }) =>
    [...long, ...rows.flatMap(({ cells }) => cells.flatMap(inIt => inIt.slice(0, perCell)))])
  return [...new Set([...toCome.slice(0, maxSubEvents), ...listed, ...inTables].map(({ activity: { id } }) => id))]
}

/** Activities by their ids: those that a page names and that are still public. */
export type Named = ReadonlyMap<string, OfferedActivity>

/** What whoever passes a campaign on is told of what is to come. */
export function toComeOf ({ toCome }: ShownProgramme, named: Named) {
  return {
    next: inFull(toCome.slice(0, maxSubEvents), named),
    isToCome: toCome.some(({ activity }) => activity.status !== 'cancelled')
  }
}

interface Reading { isUnderstood: boolean, now: DateTime<true>, publicUrl: string }

/** A campaign's page: its programme as a list, a timetable or an overview. */
export function programmePageOf (
  { campaign, programme, choices }: PublicProgramme, shown: ShownProgramme, named: Named, reading: Reading
) {
  const { asked, found } = shown
  const { isUnderstood, now, publicUrl } = reading
  const action = `/campaigns/${campaign.slug}`
  // People read on where they chose, not from the top of the page.
  const href = (changed: Partial<Asked>) => `${action}${searchOf({ ...asked, page: 1, ...changed })}#programme`
  const cancelled = found.filter(({ activity }) => activity.status === 'cancelled').length
  const address = `${publicUrl}/campaigns/${campaign.slug}`
  return {
    ...campaignPageOf(campaign),
    address,
    view: asked.view,
    isUnderstood,
    isFiltered: isNarrowed(asked),
    isOver: programme.every(({ activity }) => isPast(activity, now)),
    isAnyOver: programme.some(({ activity }) => activity.status !== 'cancelled' && isPast(activity, now)),
    mayFollow: found.some(({ activity }) => !isPast(activity, now)),
    chosen: chosenInWords(asked).map(({ field, words }) => ({ words, href: href({ [field]: undefined }) })),
    everythingHref: href({ ...everything, view: asked.view }),
    found: { words: activitiesInWords(found.length), cancelled },
    listing: listOf(shown.listing, named, href, now),
    filter: programme.length > shortEnough || isNarrowed(asked) || asked.view !== 'list'
      ? { action: `${action}#programme`, ...filterOf(programme, choices, asked, href, now) }
      : undefined,
    timetables: shown.timetables.map(table => tableOf(table, named, href, now)),
    overview: asked.view === 'overview' ? gridOf(programme, choices, asked, href) : undefined,
    onlineToo: asked.district === undefined || asked.district === 'online' || !choices.district.includes('online')
      ? undefined
      : onlineTooOf(programme, asked, href),
    calendar: calendarOf(address, `/calendar/${campaign.slug}.ics`, asked)
  }
}

type Href = (changed: Partial<Asked>) => string

function listOf ({ sections, page, total }: Listing, named: Named, href: Href, now: DateTime<true>) {
  return {
    sections: sections.map(({ heading, isPast, activities }) => ({
      heading,
      isPast,
      cards: inFull(activities, named).map(activity => isPast ? cardOf(activity, now) : cardOfDay(activity, now))
    })).filter(({ cards }) => cards.length > 0),
    pagination: paginationOf(total, page, number => href({ page: number }))
  }
}

function inFull (programme: readonly PlacedActivity[], named: Named): OfferedActivity[] {
  return programme.flatMap(({ activity: { id } }) => named.get(id) ?? [])
}

/** What can be chosen, with how much there is of it. What has nothing is left out, unless it is chosen. */
function filterOf (
  programme: readonly PlacedActivity[], choices: Choices, asked: Asked, href: Href, now: DateTime<true>
) {
  const options = (field: FilterField) => choices[field]
    .map(value => ({ value, count: countOf(programme, asked, field, value), isChosen: value === asked[field] }))
    .filter(({ count, isChosen }) => count > 0 || isChosen)
  const selectOf = (field: FilterField, label: string, any: string) => {
    const items = options(field)
    return items.length < 2 && asked[field] === undefined
      ? []
      : [{
          field,
          label,
          items: [{ value: '', text: any }, ...items.map(({ value, count, isChosen }) =>
            ({ value, text: `${choiceInWords(field, value)} (${count})`, selected: isChosen }))]
        }]
  }
  const daysAreLinks = choices.day.length <= maxDayLinks
  const days = daysAreLinks ? options('day') : []
  const today = calendarDayOf(now, programme[0]?.activity.zone ?? 'utc')
  return {
    days: days.length < 2 && asked.day === undefined
      ? []
      : [
          { words: 'All days', href: href({ day: undefined }), isCurrent: asked.day === undefined, count: undefined },
          ...days.map(({ value, count, isChosen }) => ({
            words: value === today ? 'Today' : shortDay(value), href: href({ day: value }), isCurrent: isChosen, count
          }))
        ],
    selects: [
      ...daysAreLinks ? [] : selectOf('day', 'Day', 'Any day'),
      ...selectOf('district', 'Where', 'Anywhere'),
      ...selectOf('audience', 'Who it is for', 'Anyone'),
      ...selectOf('how', 'How to take part', 'Any way')
    ],
    // A form asks for nothing but its own fields: what is chosen by links goes with it.
    kept: [
      ...daysAreLinks && asked.day !== undefined ? [{ name: 'day', value: asked.day }] : [],
      ...asked.view === 'list' ? [] : [{ name: 'view', value: asked.view }]
    ],
    isOpen: asked.district !== undefined || asked.audience !== undefined || asked.how !== undefined,
    views: choices.view.length < 2
      ? []
      : choices.view.map(view => ({
        words: viewInWords[view], href: href({ view }), isCurrent: view === asked.view, isWide: view === 'timetable'
      }))
  }
}

function tableOf ({ days, long, rows }: Timetable, named: Named, href: Href, now: DateTime<true>) {
  return {
    caption: `${days.length > 1 ? 'Week of ' : ''}${calendarDayInWords(days[0] ?? '')}`,
    days: days.map(day => ({ short: shortDay(day), long: calendarDayInWords(day) })),
    long: inFull(long, named).map(activity => entryOf(activity, now)),
    rows: rows.map(({ hour, cells }) => ({
      hour: hour === undefined ? 'All day' : hourInWords(hour),
      cells: cells.map((inIt, n) => ({
        entries: inFull(inIt.slice(0, perCell), named).map(activity => entryOf(activity, now)),
        more: inIt.length > perCell
          ? { count: inIt.length - perCell, href: href({ view: 'list', day: days[n] }) }
          : undefined
      }))
    }))
  }
}

function entryOf (activity: OfferedActivity, now: DateTime<true>) {
  return { ...cardOf(activity, now), times: timesInWords(activity), isCancelled: activity.status === 'cancelled' }
}

function gridOf (programme: readonly PlacedActivity[], choices: Choices, asked: Asked, href: Href) {
  const days = asked.day === undefined ? choices.day : [asked.day]
  const districts = asked.district === undefined ? choices.district : [asked.district]
  const overview = overviewOf(programme, { day: days, district: districts }, asked)
  const drawn = drawnOverview(overview)
  return {
    drawn,
    days: days.map((day, n) => ({ short: shortDay(day).split(' '), long: calendarDayInWords(day), x: drawn.columns[n] })),
    rows: overview.rows.map(({ district, counts }, row) => ({
      name: districtInWords(district),
      nameY: drawn.rows[row]?.nameY,
      cells: counts.map((count, n) => ({
        count,
        href: count === 0 ? undefined : href({ view: 'list', district, day: days[n] }),
        words: `${districtInWords(district)}, ${calendarDayInWords(days[n] ?? '')}: ${activitiesInWords(count)}`,
        at: drawn.rows[row]?.cells[n]
      }))
    }))
  }
}

/** Who looks for what is near them can also join what is online. */
function onlineTooOf (programme: readonly PlacedActivity[], asked: Asked, href: Href) {
  const count = countMatching(programme, { ...asked, district: 'online' })
  return count === 0 ? undefined : { words: activitiesInWords(count), href: href({ district: 'online' }) }
}

/** The ways into a calendar: `webcal:` opens the calendar of the phone, which then follows every change. */
function calendarOf (address: string, path: string, asked: Asked) {
  const search = searchOf({ ...asked, view: 'list', page: 1 })
  const https = new URL(path + search, address).href
  return { href: path + search, webcal: https.replace(/^https?:/, 'webcal:'), https }
}

/** How soon a week of action is announced on the first page, and how many activities the first page shows. */
const [announcedDays, perFrontPage, maxDropIns] = [42, 12, 6] as const
/** The first page: weeks that are on or near, what can be booked, where people can drop in, and every campaign. */
export function frontPageOf (
  { bookable, dropIns, campaigns }:
  { bookable: readonly OfferedActivity[], dropIns: readonly OfferedActivity[], campaigns: readonly Campaign[] },
  page: number, now: DateTime<true>
) {
  const cards = bookableOf(bookable, now)
  const shown = Math.min(page, lastPageOf(cards.length, perFrontPage))
  const today = calendarDayOf(now, officeZone)
  const soon = calendarDayOf(now.plus({ days: announcedDays }), officeZone)
  const isOver = ({ lastDay }: Campaign) => lastDay !== undefined && lastDay < today
  const isNear = (campaign: Campaign) => campaign.kind === 'week-of-action' && !isOver(campaign) &&
    campaign.firstDay !== undefined && campaign.firstDay <= soon
  const isOn = ({ firstDay = today }: Campaign) => firstDay <= today
  // Soonest first.
  const near = campaigns.filter(isNear).toReversed()
  const drops = dropIns.filter(({ status }) => status !== 'cancelled')
  return {
    weeks: shown > 1
      ? []
      : [
          { heading: 'On now', cards: near.filter(isOn).map(campaignCardOf) },
          { heading: 'Coming soon', cards: near.filter(campaign => !isOn(campaign)).map(campaignCardOf) }
        ].filter(({ cards }) => cards.length > 0),
    bookable: cards.slice((shown - 1) * perFrontPage, shown * perFrontPage),
    pagination: paginationOf(cards.length, shown, number => `/${searchOf({ page: number })}`, perFrontPage),
    dropIns: shown > 1 ? [] : drops.slice(0, maxDropIns).map(activity => cardOf(activity, now)),
    moreDropIns: drops.length > maxDropIns ? moreDropInsOf(drops) : [],
    campaigns: campaigns.filter(campaign => !isOver(campaign) && (shown > 1 || !isNear(campaign))).map(campaignCardOf),
    earlier: campaigns.filter(isOver).map(campaignCardOf)
  }
}

function campaignCardOf (campaign: Campaign) {
  return {
    title: campaign.title,
    href: `/campaigns/${campaign.slug}`,
    summary: excerptOf(campaign.summary, 220),
    partnership: campaign.partnership,
    isWeek: campaign.kind === 'week-of-action',
    days: daysInWords(campaign)
  }
}

/** Where the other drop-ins are: by campaign. */
function moreDropInsOf (dropIns: readonly OfferedActivity[]) {
  return [...Map.groupBy(dropIns, ({ campaign: { slug } }) => slug).values()].flatMap(([one]) =>
    one === undefined
      ? []
      : [{ title: one.campaign.title, href: `/campaigns/${one.campaign.slug}${searchOf({ how: 'drop-in' })}#programme` }])
}
