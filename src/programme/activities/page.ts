import type { DateTime } from 'luxon'
import { paragraphsOf } from '../../platform/marked-text.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import type { Activity, Kind } from './activity.ts'
import { bookability, closesAt } from './booking-window.ts'
import type { Untold } from './place.ts'
import type { OfferedActivity } from './queries.ts'
import { availability } from './supply.ts'
import { beginningInWords, calendarDayInWords, calendarDaysInWords, deadlineInWords, leafOf, timesInWords, whenInWords } from './when.ts'

/** What each kind is called. */
export const kindInWords: Record<Kind, string> = {
  'awareness-session': 'Awareness session',
  'street-surgery': 'Street surgery',
  'school-session': 'Work with schools',
  'business-engagement': 'Work with businesses',
  training: 'Training',
  'compliance-visit': 'Compliance visit',
  disruption: 'Patrol',
  advertising: 'Advertising',
  press: 'Press',
  'social-media': 'Social media',
  'online-workshop': 'Online workshop',
  stall: 'Stall',
  launch: 'Launch',
  other: 'Activity'
}

/** The same where someone chooses one of them: beside the others, “Activity” would be any. */
export function kindToChoose (kind: Kind): string {
  return kind === 'other' ? 'Something else' : kindInWords[kind]
}

/** What an activity's page and its entry in a list say about booking it now. */
export interface Offer {
  /** Undefined if there is nothing to say: a poster needs no booking. */
  words: string | undefined
  /** The colour: `open`, `few` places, `waiting` list, or `quiet`, if nothing can be done. */
  tone: 'open' | 'few' | 'waiting' | 'quiet'
  /** Label of the button, if it leads to a form. */
  button: string | undefined
}

/** Says in words what people can do about an activity now. */
export function offerOf (activity: OfferedActivity, now: DateTime<true>): Offer {
  const state = bookability(activity, now)
  switch (state) {
    case 'open': return openOffer(activity)
    case 'not-yet-open': return quiet(`Booking opens on ${beginningInWords(activity.bookingOpensAt ?? now, activity.zone)}`)
    case 'closed': return quiet('Booking has closed')
    case 'cancelled': return quiet('Cancelled')
    // Not that it has taken place: whoever led it may say that it has not.
    case 'over': return quiet('Over')
    case 'not-bookable': return quiet(withoutBooking[activity.booking])
  }
}

const withoutBooking: Record<Activity['booking'], string | undefined> = {
  none: undefined,
  'drop-in': 'Drop in, no need to book',
  places: 'Not open for booking',
  invitation: 'By invitation'
}

function openOffer (activity: OfferedActivity): Offer {
  const places = availability(activity, activity.occupancy)
  switch (places.is) {
    case 'places': return {
      words: places.areFew ? 'Few places left' : 'Places left', tone: places.areFew ? 'few' : 'open', button: 'Book a place'
    }
    case 'waiting-list': return {
      words: 'Fully booked: join the waiting list', tone: 'waiting', button: 'Join the waiting list'
    }
    case 'full': return { ...quiet('Fully booked'), button: activity.hasHolds ? 'Book a place with a code' : undefined }
  }
}

function quiet (words: string | undefined): Offer {
  return { words, tone: 'quiet', button: undefined }
}

/** An activity in a list. */
export function cardOf (activity: OfferedActivity, now: DateTime<true>) {
  return {
    title: activity.title,
    href: `/activities/${activity.slug}`,
    kind: kindInWords[activity.kind],
    campaign: activity.campaign.title,
    day: leafOf(activity.startsAt, activity.zone),
    ...factsOf(activity),
    runBy: activity.runBy,
    leadAgency: activity.leadAgency,
    offer: offerOf(activity, now)
  }
}

/** Who runs an activity, for everyone: who entered it, or who leads it. */
export function runnerOf (
  { runBy, leadAgency, campaign }: Pick<OfferedActivity, 'runBy' | 'leadAgency'> & { campaign: { partnership: string } }
): string {
  return runBy ?? leadAgency ?? campaign.partnership
}

/** When and where an activity is, and its audience, wherever the public reads about it. */
export function factsOf (activity: Activity) {
  return {
    when: whenInWords(activity),
    where: hasNoPlace(activity) ? undefined : whereInWords(activity),
    audiences: audiencesInWords(activity.audiences)
  }
}

/** An activity's own page. */
export function pageOf (activity: OfferedActivity, now: DateTime<true>) {
  const state = bookability(activity, now)
  return {
    ...cardOf(activity, now),
    // A date to book has no calendar link: people with it in their calendar might think that they had booked.
    calendarHref: state === 'not-bookable' && !hasNoPlace(activity)
      ? `/calendar/activities/${activity.slug}.ics`
      : undefined,
    campaign: { title: activity.campaign.title, href: `/campaigns/${activity.campaign.slug}` },
    runner: runnerOf(activity),
    districts: activity.campaign.districts,
    district: activity.district,
    summary: paragraphsOf(activity.summary),
    isOnline: activity.isOnline,
    state,
    bookHref: `/activities/${activity.slug}/book`,
    closes: state === 'open' ? deadlineInWords(closesAt(activity), activity.zone) : undefined,
    cancellationReason: activity.cancellationReason
  }
}

/** An activity under the heading of its day, where it needs only its times; or of a longer one, its days in words. */
export function cardOfDay (activity: OfferedActivity, now: DateTime<true>) {
  const card = { ...cardOf(activity, now), day: undefined }
  return isLong(activity) ? card : { ...card, when: timesInWords(activity) }
}

/** What can be booked now, as cards. */
export function bookableOf (activities: readonly OfferedActivity[], now: DateTime<true>) {
  return activities.map(activity => cardOf(activity, now)).filter(({ offer }) => offer.button !== undefined)
}

/** What a campaign's page says above and below its programme. */
export function campaignPageOf (campaign: Campaign) {
  return {
    title: campaign.title,
    isWeek: campaign.kind === 'week-of-action',
    days: daysInWords(campaign),
    summary: paragraphsOf(campaign.summary),
    privacyNotice: paragraphsOf(campaign.privacyNotice),
    isDiscreet: campaign.discreet
  }
}

/** True for what lasts longer than a day, also one with 25 hours: it is not of one day. */
export function isLong ({ startsAt, endsAt }: Pick<Activity, 'startsAt' | 'endsAt'>): boolean {
  return endsAt.toMillis() - startsAt.toMillis() > 25 * 3_600_000
}

/** The days of a campaign; undefined where it has none. */
export function daysInWords ({ firstDay, lastDay }: Pick<Campaign, 'firstDay' | 'lastDay'>): string | undefined {
  if (firstDay === undefined) return undefined
  if (lastDay === undefined) return `From ${calendarDayInWords(firstDay)}`
  return calendarDaysInWords(firstDay, lastDay)
}

/** Where it happens, in words: a market place says little where a week of action is in ten towns. */
export function whereInWords (
  { isOnline, venue, district, untold }: Pick<Activity, 'isOnline' | 'venue' | 'district'> & Partial<Pick<Activity, 'untold'>>
): string {
  if (isOnline) return 'Online, on Microsoft Teams'
  if (untold !== undefined) return [...district === undefined ? [] : [district], untoldInWords[untold]].join('. ')
  if (venue === undefined) return district ?? 'The place will be announced'
  const isNamed = district === undefined || venue.toLowerCase().includes(district.toLowerCase())
  return isNamed ? venue : `${venue}, ${district}`
}

const untoldInWords: Record<Untold, string> = {
  book: 'We will tell you where once you have a place',
  'have-a-place': 'We will tell you where once you have a place',
  accept: 'We will tell you where once you accept the place',
  'not-theirs': 'Only people who have a place are told where'
}

/**
 * True for what has no place, such as a press release; only an activity that people go to awaits an announced place.
 */
function hasNoPlace ({ isOnline, venue, district, booking }: Activity): boolean {
  return !isOnline && venue === undefined && district === undefined && booking === 'none'
}

const listed = new Intl.ListFormat('en-GB')

/** Who it is for: `For parents and carers`. */
export function audiencesInWords (audiences: readonly string[]): string | undefined {
  if (audiences.length === 0) return undefined
  const words = listed.format(audiences.map(audience => audience.replaceAll(/[-_]/g, ' ')))
  return `For ${words}`
}
