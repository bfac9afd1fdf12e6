import type { DateTime } from 'luxon'
import { qrCodeOf } from '../../platform/qr-code.ts'
import type { Coverage } from '../../platform/pdf/coverage.ts'
import type { Activity } from '../activities/activity.ts'
import { bookability } from '../activities/booking-window.ts'
import { daysInWords, factsOf, kindInWords, runnerOf } from '../activities/page.ts'
import type { OfferedActivity } from '../activities/queries.ts'
import { deadlineInWords } from '../activities/when.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import { contactsFor } from '../support/contact.ts'
import type { SupportContact } from '../support/contact.ts'
import { excerptOf } from './excerpt.ts'
import { qrCodeSvg } from './qr-code-svg.ts'
import { setIn } from './set-in.ts'

/** What stands on a poster (templates/programme/sharing/poster.typ). */
export interface Poster {
  kind: string
  title: string
  /** A few words under the title; empty for an activity. */
  strapline: string
  summary: string
  facts: Array<{ key: string, value: string }>
  /** What is on in a campaign, soonest first; the poster has as many as fit, and says how many more there are. */
  items: Array<{ title: string, facts: string }>
  /** Across the poster, if it cannot be as announced. */
  notice: string | undefined
  /** What to do, above the address. */
  how: string
  /** The address as people type it. */
  address: string
  /** What to look for on social networks. */
  hashtags: string
  url: string
  qrCode: string
  of: string
  helplines: Array<{ name: string, purpose: string, number: string }>
}

export interface PosterParts {
  publicUrl: string
  contacts: readonly SupportContact[]
  coverage: Coverage
}

/** More do not fit on a sheet. */
const maxHelplines = 4
const maxItems = 40

/** Of an activity. It hangs in public and tells nobody who comes, so it names the topic of a discreet one too. */
export function posterOfActivity (activity: OfferedActivity, parts: PosterParts, now: DateTime<true>): Poster {
  const { campaign } = activity
  const { when, where, audiences } = factsOf(activity)
  const state = bookability(activity, now)
  return posterOf({
    kind: kindInWords[activity.kind],
    title: activity.title,
    strapline: '',
    summary: excerptOf(activity.summary, 240),
    facts: [
      { key: 'When', value: when },
      ...where === undefined ? [] : [{ key: 'Where', value: where }],
      ...audiences === undefined ? [] : [{ key: 'Who', value: audiences }]
    ],
    items: [],
    notice: state === 'cancelled' ? 'Cancelled' : state === 'over' ? 'This is over' : undefined,
    how: howTo(activity, state),
    hashtags: '',
    of: runnerOf(activity)
  }, `/activities/${activity.slug}`, campaign.districts, parts)
}

/** Of a campaign, with what people can still come to; a press release is nothing to go to. */
export function posterOfCampaign (
  campaign: Campaign, activities: readonly Activity[], parts: PosterParts, now: DateTime<true>
): Poster {
  const days = daysInWords(campaign)
  const toCome = activities.filter(({ endsAt, status, booking }) =>
    endsAt > now && status === 'published' && (booking === 'places' || booking === 'drop-in'))
  return posterOf({
    kind: campaign.kind === 'week-of-action' ? 'Week of action' : 'Campaign',
    title: campaign.title,
    strapline: campaign.strapline,
    summary: excerptOf(campaign.summary, toCome.length > 0 ? 240 : 600),
    facts: days === undefined ? [] : [{ key: 'When', value: days }],
    items: toCome.map(activity => {
      const { when, where } = factsOf(activity)
      return { title: activity.title, facts: [when, where].filter(fact => fact !== undefined).join(' · ') }
    }),
    notice: undefined,
    how: 'See what is on, and book a place',
    hashtags: campaign.hashtags.join(' '),
    of: campaign.partnership
  }, `/campaigns/${campaign.slug}`, campaign.districts, parts)
}

function howTo (activity: Activity, state: ReturnType<typeof bookability>): string {
  if (state === 'cancelled' || state === 'over') return 'See what else is on'
  if (activity.booking === 'drop-in') return 'Drop in: no need to book. Find out more'
  if (activity.booking !== 'places') return 'Find out more'
  const { bookingClosesAt, zone } = activity
  return bookingClosesAt === undefined
    ? 'Book your free place'
    : `Book your free place by ${deadlineInWords(bookingClosesAt, zone)}`
}

/** Adds what every poster has, and leaves out letters that no font has. */
function posterOf (
  poster: Omit<Poster, 'address' | 'url' | 'qrCode' | 'helplines'>, path: string, districts: readonly string[],
  { publicUrl, contacts, coverage }: PosterParts
): Poster {
  const set = setIn(coverage)
  const url = publicUrl + path
  return {
    ...poster,
    title: set(poster.title) || poster.kind,
    strapline: set(poster.strapline),
    summary: set(poster.summary),
    facts: poster.facts.map(({ key, value }) => ({ key, value: set(value) })),
    hashtags: set(poster.hashtags),
    items: poster.items.slice(0, maxItems).map(({ title, facts }) => ({ title: set(title), facts: set(facts) })),
    of: set(poster.of),
    url,
    address: url.replace(/^https?:\/\//, ''),
    qrCode: qrCodeSvg(qrCodeOf(url)),
    helplines: contactsFor(contacts, districts)
      .flatMap(({ name, purpose, number }) => number === undefined ? [] : [{ name, purpose, number }])
      .slice(0, maxHelplines)
      .map(({ name, purpose, number }) => ({ name: set(name), purpose: set(purpose), number: set(number) }))
  }
}
