import type { FastifyInstance, InjectOptions } from 'fastify'
import { joinLinkSeal } from '../../src/programme/teams/seal.ts'
import type { Db } from '../../src/platform/database/connect.ts'
import type { Activity, Booking } from '../../src/platform/database/generated/client.ts'
import { Overloaded } from '../../src/platform/errors.ts'
import { joinUrl } from './calendar-entry.ts'
import { anEntry, anEntryForm } from './entries.ts'
import { askingActivity, linksToAnswer, yesterday } from './evaluations.ts'
import { inHours } from './needs.ts'
import { aDownload, aResource, aResourceRequest } from './resources.ts'
import { aScenario } from './scenarios.ts'
import { links, linksToEntries, linksToResources, personalLinks } from './service.ts'
import { aHold, anAgency } from './staff.ts'
import { aBooking, anActivity, noon, secretKey } from './world.ts'

type Asked = InjectOptions & { url: string }

/** A page of the public side as someone may find it. */
export interface State {
  /** What it is asked for: an address, or a form that is sent. */
  asked: string | Asked
  /** Its first heading begins so. */
  heading: string
  status?: number
}

/** Faults that a request asks for in the header `x-fault`; see `failsWhenAsked`. */
const faults: Record<string, () => Error> = {
  500: () => new Error('A fault that a test asked for'),
  429: () => Object.assign(new Error('Too many'), { statusCode: 429 }),
  overloaded: () => new Overloaded()
}

/** Lets requests fail by their header `x-fault`, for pages that no healthy service shows. */
export function failsWhenAsked (app: FastifyInstance): void {
  app.addHook('preHandler', async ({ headers }) => {
    const fault = faults[String(headers['x-fault'])]
    if (fault !== undefined) throw fault()
  })
}

function sent (url: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}): Asked {
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin', ...headers },
    payload: new URLSearchParams(fields).toString()
  }
}

/** States before there is anything: to be looked at first. */
export const emptyStates: State[] = [
  { asked: '/', heading: 'Workshops' },
  { asked: '/advice', heading: 'Advice' },
  { asked: '/resources', heading: 'Posters' }
]

/** Every page of the public side and of links in emails, in each state that looks different. */
export async function publicStates (db: Db): Promise<State[]> {
  return [
    ...await statesOfActivities(db), ...await statesOfBookings(db), ...await statesOfJoining(db),
    ...await statesAfterwards(db), ...await statesOfEntries(db), ...await statesOfTheRest(db), ...statesOfFailure
  ]
}

async function statesOfActivities (db: Db): Promise<State[]> {
  const { id: campaignId, slug: campaign } = await anEntryForm(db, {
    isListed: true, introduction: 'Join in!', campaign: { districts: ['Cumberland', 'Westmorland and Furness'] }
  })
  const of = async (given: Parameters<typeof anActivity>[1] = {}) => await anActivity(db, { campaignId, ...given })
  const open = await of({ placesPerBooking: 3, title: 'Gaming, chat and strangers' })
  const few = await of({ capacity: 3, title: 'A phone of their own' })
  const full = await of({ capacity: 1, title: 'Sharing pictures' })
  const off = await of({ capacity: 1, waitingList: 'off', title: 'Talking with teenagers' })
  const closed = await of({ bookingClosesAt: noon.toJSDate(), title: 'Parental controls' })
  const later = await of({ bookingOpensAt: noon.plus({ days: 2 }).toJSDate(), title: 'Being kind online' })
  const cancelled = await of({ status: 'cancelled', cancellationReason: 'Snow.', title: 'After school' })
  const past = await of({ ...yesterday, title: 'What is a livestream?' })
  const dropIn = await of({
    booking: 'drop-in', capacity: null, isOnline: false, venue: 'The library, Penrith', kind: 'stall', district: 'Cumberland'
  })
  for (const { id } of [full, off]) await aBooking(db, id)
  const { id: agencyId } = await anAgency(db)
  await aHold(db, open.id, { agencyId })
  const programme = `/campaigns/${campaign}`
  const form = (slug: string) => `/activities/${slug}/book`
  return [
    { asked: '/', heading: 'Workshops' },
    { asked: programme, heading: 'Week of action' },
    { asked: `${programme}?view=overview`, heading: 'Week of action' },
    { asked: `${programme}?day=2030-01-01`, heading: 'Week of action' },
    ...[open, few, full, off, closed, later, cancelled, past, dropIn]
      .map(({ slug, title }) => ({ asked: `/activities/${slug}`, heading: title })),
    { asked: form(open.slug), heading: 'Book a place' },
    { asked: sent(form(open.slug), { name: 'Anne https://evil.example', email: 'anne@', places: '9', code: 'WRONG' }), heading: 'Book a place', status: 400 },
    { asked: form(full.slug), heading: 'Join the waiting list' },
    ...([
      [off, 'This activity is fully booked'], [closed, 'Booking for this activity has closed'],
      [later, 'Booking for this activity has not opened yet'], [cancelled, 'This activity has been cancelled'],
      [past, 'This activity has already taken place']
    ] as const).map(([{ slug }, heading]) => ({ asked: form(slug), heading, status: 409 })),
    { asked: `/activities/${open.slug}/booked`, heading: 'We have your request' }
  ]
}

async function statesOfBookings (db: Db): Promise<State[]> {
  const activity = await anActivity(db, { capacity: 4, waitingList: 'offers', placesPerBooking: 2 })
  const now = noon.toJSDate()
  const confirmed = await aBooking(db, activity.id, { accessNeeds: 'Captions', question: 'Is it recorded?', places: 2 })
  const waiting = await aBooking(db, activity.id, { status: 'waiting' })
  const offered = await aBooking(db, activity.id, { status: 'offered', places: 2 })
  const left = await aBooking(db, activity.id, { status: 'cancelled' })
  const cancelled = await aBooking(db, activity.id, { status: 'cancelled', confirmedAt: now })
  const lapsed = await aBooking(db, activity.id, { status: 'lapsed', lapseReason: 'unanswered' })
  const refused = await aBooking(db, activity.id, { status: 'lapsed', lapseReason: 'refused' })
  const closed = await aBooking(db, activity.id, { status: 'lapsed', lapseReason: 'closed' })
  const asking = await aBooking(db, (await anActivity(db, inHours(-0.8))).id)
  const called = await aBooking(db, (await anActivity(db, { ...inHours(1), waitingList: 'offers', capacity: 1 })).id, {
    status: 'waiting', offers: 1, calledAt: now
  })
  const off = await aBooking(db, (await anActivity(db, { status: 'cancelled', cancellationReason: 'Snow.' })).id)
  const own = ({ id }: { id: string }) => `/bookings/${links.tokenOf(id)}`
  return [
    { asked: own(confirmed), heading: 'You have' },
    { asked: own(waiting), heading: 'You are on the waiting list' },
    { asked: own(offered), heading: '2 places are free for you' },
    { asked: own(called), heading: 'A place is free' },
    { asked: own(lapsed), heading: 'Your offer has ended' },
    { asked: own(refused), heading: 'You said that you cannot come' },
    { asked: own(closed), heading: 'The waiting list has closed' },
    { asked: own(left), heading: 'You have left the waiting list' },
    { asked: own(cancelled), heading: 'Your booking is cancelled' },
    { asked: own(off), heading: 'This activity has been cancelled' },
    ...Object.entries({
      cancellation: 'Do you want to cancel your booking?',
      details: 'Change your details',
      reminders: 'Do you want to stop reminders?',
      copy: 'Get a copy',
      deletion: 'Delete your details',
      objection: 'Object to how we use your details'
    }).map(([page, heading]) => ({ asked: `${own(confirmed)}/${page}`, heading })),
    { asked: sent(`${own(confirmed)}/details`, { name: '', email: 'anne@' }), heading: 'Change your details', status: 400 },
    { asked: sent(`${own(waiting)}/acceptance`), heading: 'You are on the waiting list', status: 409 },
    { asked: `${own(asking)}/check-in`, heading: 'Were you here?' },
    { asked: sent(`${own(asking)}/check-in`, { code: 'AAA-AAA' }), heading: 'Were you here?', status: 409 }
  ]
}

/** What a link to join shows. */
async function statesOfJoining (db: Db): Promise<State[]> {
  const soon = { ...inHours(0.1), joinMode: 'personal', joinUrlSealed: joinLinkSeal(secretKey).close(joinUrl) }
  const way = async (given: Partial<Activity>, booked: Partial<Booking> = {}) =>
    `/join/${personalLinks.tokenOf((await aBooking(db, (await anActivity(db, { ...soon, ...given })).id, booked)).id)}`
  const open = await way({})
  return [
    { asked: open, heading: 'You can join now' },
    { asked: sent(open), heading: 'You are on your way' },
    ...await Promise.all(([
      ['Opens on', inHours(50), {}],
      ['The link to join is not ready yet', { joinUrlSealed: null }, {}],
      ['This has ended', inHours(-2), {}],
      ['This activity has been cancelled', { status: 'cancelled', cancellationReason: 'Snow.' }, { status: 'cancelled' }],
      ['This is not online any more', { isOnline: false, venue: 'Kendal Library, 75 Stricklandgate' }, {}],
      ['Your booking is cancelled', {}, { status: 'cancelled' }],
      ['You are on the waiting list', {}, { status: 'waiting' }],
      ['Accept your place first', { waitingList: 'offers' }, { status: 'offered' }],
      ['You do not have a place', {}, { status: 'lapsed' }]
    ] as Array<[string, Partial<Activity>, Partial<Booking>]>)
      .map(async ([heading, given, booked]) => ({ asked: await way(given, booked), heading })))
  ]
}

async function statesAfterwards (db: Db): Promise<State[]> {
  const activity = await askingActivity(db)
  const came = await aBooking(db, activity.id, { attended: true, role: 'professional' })
  const answers = `/evaluations/${linksToAnswer.tokenOf(linksToAnswer.linkOf(came, 'after'))}`
  return [
    { asked: `/bookings/${links.tokenOf(came.id)}`, heading: 'This has taken place' },
    { asked: answers, heading: 'How was it?' },
    { asked: sent(answers), heading: 'How was it?', status: 400 },
    { asked: `/bookings/${links.tokenOf(came.id)}/certificate`, heading: 'Answer a few questions first' },
    { asked: '/certificates', heading: 'Check a certificate' },
    { asked: '/certificates/WRONG', heading: 'No certificate has this code', status: 404 },
    { asked: '/check-in', heading: 'Say that you were here' }
  ]
}

async function statesOfEntries (db: Db): Promise<State[]> {
  const campaign = await anEntryForm(db, {
    questions: [{ text: 'How many come?', choices: ['Up to 20', 'More'], isRequired: true }]
  })
  const takePart = `/campaigns/${campaign.slug}/take-part`
  const own = ({ id }: { id: string }) => `/entries/${linksToEntries.own.tokenOf({ id, version: 0 })}`
  const waiting = own(await anEntry(db, campaign))
  const published = own(await anEntry(db, campaign, { activity: { status: 'published' } }))
  return [
    { asked: takePart, heading: 'Take part' },
    { asked: sent(takePart, { title: '', email: 'office@' }), heading: 'Take part', status: 400 },
    { asked: `${takePart}/links`, heading: 'Have you entered something before?' },
    { asked: sent(`${takePart}/links`, { email: 'office@' }), heading: 'Have you entered something before?', status: 400 },
    { asked: waiting, heading: 'A stall at our school' },
    { asked: published, heading: 'A stall at our school' },
    { asked: `${waiting}/change`, heading: 'Change A stall at our school' }
  ]
}

async function statesOfTheRest (db: Db): Promise<State[]> {
  await db.advicePage.create({
    data: { slug: 'shared', title: 'If a picture was shared', audience: 'parents', status: 'published', text: '## First\n\nStay calm.\n\n- Do not shout' }
  })
  const { id: resource } = await aResource(db)
  await aDownload(db)
  const request = await aResourceRequest(db, resource)
  const scenario = await aScenario(db)
  return [
    ...Object.entries({
      '/advice': 'Advice',
      '/advice/shared': 'If a picture was shared',
      '/resources': 'Posters',
      '/help': 'Who to call',
      '/privacy': 'How we use your details',
      '/cookies': 'Cookies',
      '/accessibility': 'Accessibility statement',
      '/find-my-booking/sent': 'Check your email',
      [`/resources/requests/${linksToResources.tokenOf({ id: request.id, version: 0 })}`]: 'Your request for resources',
      [`/scenarios/${scenario.slug}`]: 'The missing phone',
      [`/scenarios/${scenario.slug}/friday`]: 'Friday'
    }).map(([asked, heading]) => ({ asked, heading })),
    ...Object.entries({
      '/resources/ask': 'Ask for resources', '/complaints': 'Make a complaint', '/find-my-booking': 'Find my booking'
    }).flatMap(([url, heading]) => [{ asked: url, heading }, { asked: sent(url, { email: 'anne@' }), heading, status: 400 }])
  ]
}

/** What the service says where it cannot do what was asked. */
const statesOfFailure: State[] = [
  { asked: '/nowhere', heading: 'Page not found', status: 404 },
  { asked: '/bookings/ended', heading: 'This link does not work', status: 404 },
  { asked: { url: '/', headers: { 'x-fault': '500' } }, heading: 'Sorry, there is a problem', status: 500 },
  { asked: { url: '/', headers: { 'x-fault': '429' } }, heading: 'Too many tries', status: 429 },
  { asked: { url: '/', headers: { 'x-fault': 'overloaded' } }, heading: 'Very many people are here just now', status: 503 },
  {
    asked: sent('/complaints', { name: 'Anne Kirkbride', text: 'Too slow' }, { 'x-fault': 'overloaded' }),
    heading: 'Very many people are here just now',
    status: 503
  }
]
