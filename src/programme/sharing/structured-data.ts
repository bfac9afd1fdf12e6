import type { DateTime } from 'luxon'
import { oneLine } from '../../platform/one-line.ts'
import { calendarDayOf, isoIn, lastDayOf } from '../activities/when.ts'
import type { Activity } from '../activities/activity.ts'
import { bookability } from '../activities/booking-window.ts'
import { runnerOf } from '../activities/page.ts'
import type { OfferedActivity } from '../activities/queries.ts'
import { availability } from '../activities/supply.ts'
import type { Campaign } from '../campaigns/campaign.ts'

/** What search engines read of a page (https://schema.org/Event), which is what people read on it. */
export interface Pages {
  publicUrl: string
  /** Address of the picture of the page. */
  picture: string
}

/**
 * An activity. Never "rescheduled": that needs the date before, which is not kept. The address of an online workshop is
 * that of its page; the way into the meeting is for those who have booked.
 */
export function eventOf (activity: OfferedActivity, { publicUrl, picture }: Pages, now: DateTime<true>) {
  const { campaign } = activity
  return {
    '@context': 'https://schema.org',
    ...briefEventOf(activity, publicUrl),
    description: oneLine(activity.summary) || undefined,
    image: picture,
    organizer: { '@type': 'Organization', name: runnerOf(activity) },
    offers: offersOf(activity, publicUrl, now),
    isAccessibleForFree: true,
    inLanguage: 'en-GB',
    superEvent: { '@type': 'EventSeries', name: campaign.title, url: `${publicUrl}/campaigns/${campaign.slug}` }
  }
}

/** More would weigh on every phone; each activity says the same on its own page. */
export const maxSubEvents = 50

/** A campaign with the activities that come next in it. */
export function seriesOf (campaign: Campaign, next: readonly Activity[], { publicUrl, picture }: Pages) {
  return {
    '@context': 'https://schema.org',
    '@type': 'EventSeries',
    name: campaign.title,
    url: `${publicUrl}/campaigns/${campaign.slug}`,
    description: oneLine(campaign.summary) || undefined,
    image: picture,
    startDate: campaign.firstDay,
    endDate: campaign.lastDay,
    organizer: { '@type': 'Organization', name: campaign.partnership },
    subEvent: next.map(activity => briefEventOf(activity, publicUrl))
  }
}

function briefEventOf (activity: Activity, publicUrl: string) {
  const url = addressOf(activity, publicUrl)
  return {
    '@type': 'Event',
    name: activity.title,
    url,
    ...timesOf(activity),
    eventStatus: `https://schema.org/${activity.status === 'cancelled' ? 'EventCancelled' : 'EventScheduled'}`,
    eventAttendanceMode: `https://schema.org/${activity.isOnline ? 'Online' : 'Offline'}EventAttendanceMode`,
    location: locationOf(activity, url)
  }
}

function addressOf ({ slug }: Activity, publicUrl: string): string {
  return `${publicUrl}/activities/${slug}`
}

/** What lasts all day has days instead of times, of which the last is the day on which it ends. */
function timesOf ({ startsAt, endsAt, allDay, zone }: Activity) {
  if (allDay) {
    return {
      startDate: calendarDayOf(startsAt, zone),
      endDate: lastDayOf({ endsAt, zone })
    }
  }
  return { startDate: isoIn(startsAt, zone), endDate: isoIn(endsAt, zone) }
}

/**
 * Never nothing: without a location a search engine shows no event. Where nobody has said where, it is where its
 * campaign is.
 */
function locationOf ({ isOnline, venue, district, campaign }: Activity, url: string) {
  if (isOnline) return { '@type': 'VirtualLocation', url }
  return {
    '@type': 'Place',
    name: venue ?? district ?? (campaign.districts.join(', ') || campaign.partnership),
    address: { '@type': 'PostalAddress', streetAddress: venue, addressLocality: district, addressCountry: 'GB' }
  }
}

/** What people can book: nothing where booking is over, or was never meant. */
function offersOf (activity: OfferedActivity, publicUrl: string, now: DateTime<true>) {
  const state = bookability(activity, now)
  if (state !== 'open' && state !== 'not-yet-open') return undefined
  const isFull = availability(activity, activity.occupancy).is !== 'places'
  return {
    '@type': 'Offer',
    price: '0',
    priceCurrency: 'GBP',
    url: addressOf(activity, publicUrl),
    availability: `https://schema.org/${state === 'not-yet-open' ? 'PreOrder' : isFull ? 'SoldOut' : 'InStock'}`,
    validFrom: activity.bookingOpensAt && isoIn(activity.bookingOpensAt, activity.zone)
  }
}
