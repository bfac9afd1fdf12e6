import { DateTime } from 'luxon'
import t from 'tap'
import type { OfferedActivity } from '../../../src/programme/activities/queries.ts'
import type { Campaign } from '../../../src/programme/campaigns/campaign.ts'
import { eventOf, seriesOf } from '../../../src/programme/sharing/structured-data.ts'

/**
 * What has to be said of each type, and what may be. Properties: https://schema.org/Event, /EventSeries, /Offer, /Place,
 * /VirtualLocation, /PostalAddress and /Organization. Required of an Event by those who show events: name, startDate
 * and location with an address (https://developers.google.com/search/docs/appearance/structured-data/event).
 */
const types: Record<string, { required: string[], more: string[] }> = {
  Event: {
    required: ['name', 'startDate', 'location', 'eventStatus', 'eventAttendanceMode', 'url'],
    more: ['endDate', 'description', 'image', 'organizer', 'offers', 'isAccessibleForFree', 'inLanguage', 'superEvent']
  },
  EventSeries: { required: ['name', 'url'], more: ['description', 'image', 'startDate', 'endDate', 'organizer', 'subEvent'] },
  Offer: { required: ['price', 'priceCurrency', 'url', 'availability'], more: ['validFrom'] },
  Place: { required: ['name', 'address'], more: [] },
  VirtualLocation: { required: ['url'], more: ['name'] },
  PostalAddress: { required: ['addressCountry'], more: ['streetAddress', 'addressLocality'] },
  Organization: { required: ['name'], more: ['url'] }
}

/** What is wrong with this and everything in it. */
function wrongWith (node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(wrongWith)
  if (typeof node !== 'object' || node === null) return []
  const { '@type': type = '', '@context': _, ...said } = node as Record<string, unknown>
  const known = types[String(type)]
  if (known === undefined) return [`no such type: ${String(type)}`]
  return [
    ...known.required.filter(name => said[name] === undefined || said[name] === '').map(name => `${String(type)} without ${name}`),
    ...Object.keys(said).filter(name => ![...known.required, ...known.more].includes(name)).map(name => `${String(type)} with ${name}`),
    ...Object.values(said).flatMap(wrongWith)
  ]
}

const now = DateTime.fromISO('2027-03-01T12:00Z', { zone: 'utc' }) as DateTime<true>
const campaign = { slug: 'week', title: 'The week', partnership: 'Bolton partnership', summary: '', districts: [] as string[] }

function anEvent (given: object): OfferedActivity {
  return {
    slug: 'a-stall',
    title: 'A stall',
    summary: '',
    campaign,
    startsAt: now.plus({ days: 3 }),
    endsAt: now.plus({ days: 3, hours: 2 }),
    zone: 'Europe/London',
    allDay: false,
    isOnline: false,
    status: 'published',
    booking: 'places',
    capacity: 20,
    overBookingPercent: 0,
    waitingList: 'automatic',
    occupancy: { confirmed: 0, offered: 0, held: 0, waiting: 0, waitingBookings: 0, askedAgain: 0 },
    ...given
  } as unknown as OfferedActivity
}

const pages = { publicUrl: 'https://workshops.example.org', picture: 'https://workshops.example.org/picture.png' }
const written = (data: unknown): unknown => JSON.parse(JSON.stringify(data))

t.test('whatever an activity is, search engines get everything that they need and nothing that they do not know', async t => {
  for (const status of ['published', 'cancelled']) {
    for (const where of [{ isOnline: true }, {}, { venue: 'Town Hall' }, { district: 'Bolton' }, { campaign: { ...campaign, districts: ['Bury'] } }]) {
      for (const booking of ['places', 'drop-in', 'none', 'invitation']) {
        for (const allDay of [true, false]) {
          const activity = anEvent({ status, ...where, booking, allDay })
          const name = JSON.stringify({ status, ...where, booking, allDay })
          t.strictSame(wrongWith(written(eventOf(activity, pages, now))), [], name)
          t.strictSame(wrongWith(written(seriesOf(campaign as unknown as Campaign, [activity], pages))), [], name)
        }
      }
    }
  }
})

t.test('what was moved has its new time and what was cancelled says so, with nothing to book', async t => {
  const moved = { startsAt: now.plus({ days: 10 }), endsAt: now.plus({ days: 10, hours: 1 }) }
  t.match(eventOf(anEvent(moved), pages, now), { startDate: '2027-03-11T12:00:00+00:00', eventStatus: 'https://schema.org/EventScheduled' })
  const off = eventOf(anEvent({ ...moved, status: 'cancelled' }), pages, now)
  t.match(off, { startDate: '2027-03-11T12:00:00+00:00', eventStatus: 'https://schema.org/EventCancelled' })
  t.equal(off.offers, undefined)
})
