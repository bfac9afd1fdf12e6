import type { DateTime } from 'luxon'
import type { Activity, WaitingListMode } from '../../programme/activities/activity.ts'
import { closesAt } from '../../programme/activities/booking-window.ts'
import type { BookingWindow } from '../../programme/activities/booking-window.ts'
import { dayInWords, momentInWords } from '../../programme/activities/when.ts'
import type { Booking, BookingStatus, LapseReason } from './booking.ts'

/** Further back, nobody counts: reading a line of 100,000 for each of its people would take all day. */
export const farthestCounted = 1000

/** What a booking has come to at an instant. */
export interface Standing {
  status: BookingStatus
  /** Set where it has lapsed. */
  lapseReason: LapseReason | undefined
}

/**
 * What has become of a booking by `now`. An offer that has run out, and a list on which booking has closed,
 * have ended whether or not the sweep has noted it: nobody is promised what is gone.
 */
export function standingAt (
  { status, lapseReason, offeredUntil, activity }:
    Pick<Booking, 'status' | 'lapseReason' | 'offeredUntil'> & { activity: BookingWindow },
  now: DateTime<true>
): Standing {
  if (status === 'lapsed') return { status, lapseReason: lapseReason ?? 'unanswered' }
  if (status !== 'waiting' && status !== 'offered') return { status, lapseReason: undefined }
  if (now >= closesAt(activity)) return { status: 'lapsed', lapseReason: 'closed' }
  if (offeredUntil !== undefined && now >= offeredUntil) return { status: 'lapsed', lapseReason: 'unanswered' }
  return { status, lapseReason: undefined }
}

/** Where somebody stands on a waiting list, 1 being next; as far as it is counted. */
export function lineInWords (position: number): string {
  const before = position - 1
  if (before === 0) return 'You are next in line.'
  if (before >= farthestCounted) return 'There are at least 1,000 bookings ahead of you.'
  return before === 1 ? 'There is 1 booking ahead of you.' : `There are ${before} bookings ahead of you.`
}

/** How a list serves a booking: who was put on it from another date's list is asked, whatever it does for others. */
export function modeFor (
  { carriedFrom, activity }: Pick<Booking, 'carriedFrom'> & { activity: Pick<Activity, 'waitingList'> }
): WaitingListMode {
  return carriedFrom === undefined ? activity.waitingList : 'offers'
}

/**
 * What happens when a place becomes free, for one who waits for `places`, and how a party can be passed over; in
 * paragraphs. The rule is said to everybody: by the time that it has mattered to somebody the place is gone.
 */
export function whatComesNext (mode: WaitingListMode, places: number, offerHours: number): string[] {
  if (mode === 'by-hand') return ['If places become free, the organisers decide who gets them, and they email you.']
  const [become, are, it] = places === 1
    ? ['a place becomes', 'it is', 'it']
    : ['enough places become', 'they are', 'them']
  if (mode !== 'offers') {
    return [
      `If ${become} free and it is your turn, ${are} yours and we email you at once. You do not need to do anything.`,
      howPartiesArePassedOver(places)
    ]
  }
  return [
    `If ${become} free and it is your turn, we keep ${it} for you and email you at once. ` +
    `You then have ${hoursInWords(offerHours)} to accept ${it}, or until booking closes if that is sooner. ` +
    'Offers never run out between 10pm and 7am.',
    howPartiesArePassedOver(places),
    `In the last 2 hours before the start, when ${become} free we email everyone who is waiting, ` +
    `and the first person to accept gets ${it}.`
  ]
}

/** The rule of line.ts, for one who waits for `places`. */
function howPartiesArePassedOver (places: number): string {
  if (places === 1) return 'If too few places are free for the people ahead of you, they keep their turn and you may get a place before them.'
  return `If fewer than ${places} places are free, they go to the next person who needs no more than that, and you keep your ` +
    'turn. If you can come with fewer people, ask for fewer places.'
}

function hoursInWords (hours: number): string {
  if (hours > 24 && hours % 24 === 0) return `${hours / 24} days`
  return hours === 1 ? '1 hour' : `${hours} hours`
}

/** People who go before the others on a waiting list, and why; `rank` 1 goes first. */
export interface PriorityGroup { rank: number, name: string, reason: string }

/** Who goes before somebody for another reason than having come first: `Foster carers: they …`. */
export function whoGoesFirst (groups: readonly PriorityGroup[], { priority }: Pick<Booking, 'priority'>): string[] {
  return groups.filter(({ rank }) => rank < priority)
    .map(({ name, reason }) => `${name}: ${reason.trim()}`)
}

/**
 * Why places that are free have not gone to a party: it is larger than they are many. Undefined where
 * that is not so, and where organisers pick: there the line says nothing about who is next.
 */
export function passedOver (mode: WaitingListMode, free: number, places: number): string | undefined {
  if (mode === 'by-hand' || free <= 0 || places <= free) return undefined
  const [are, go] = free === 1 ? ['place is', 'It goes to the next person who needs only 1'] : ['places are', `They go to the next person who needs no more than ${free}`]
  return `${free} ${are} free, and you asked for ${places}. ${go}.`
}

/** What somebody who was put in line for another date has on the date that they asked for. */
export interface FirstDate {
  /** In words. */
  day: string
  /** Their place, their turn on its waiting list, an offer that stands, or nothing any more. */
  has: 'place' | 'turn' | 'offer' | 'nothing'
  /** Whether they ever had a place on it. */
  hadPlace: boolean
}

/** What the booking that somebody asked for is to the one that was made of it for another date. */
export function firstDateOf (
  first: Pick<Booking, 'status' | 'lapseReason' | 'offeredUntil' | 'confirmedAt'> & { activity: Activity },
  now: DateTime<true>
): FirstDate {
  const { startsAt, endsAt, allDay, zone, status } = first.activity
  const has = { confirmed: 'place', waiting: 'turn', offered: 'offer', lapsed: 'nothing', cancelled: 'nothing' } as const
  return {
    day: allDay ? dayInWords(startsAt, zone) : momentInWords(startsAt, zone),
    has: status === 'cancelled' || now >= endsAt ? 'nothing' : has[standingAt(first, now).status],
    hadPlace: first.confirmedAt !== undefined
  }
}

/** What accepting a place on another date does to the first, and what saying no leaves; in paragraphs. */
export function onAnotherDate ({ day, has }: FirstDate): string[] {
  switch (has) {
    case 'nothing': return [`You were waiting for this on ${day}. This is another date.`]
    case 'turn': return [
      `You are waiting for this on ${day}. This is another date.`,
      'If you accept this date, you leave the waiting list for the first one. If you say no, or do not answer, you keep your turn there.'
    ]
    case 'offer': return [
      `You are waiting for this on ${day}, and a place is being kept for you then. This is another date.`,
      'If you accept this date, you give up the first one. If you say no here, or do not answer, you can still accept the first one.'
    ]
    case 'place': return [
      `You have a place on ${day}. This is another date.`,
      'If you accept this date, you give up the first one. If you say no, or do not answer, you keep the first one.'
    ]
  }
}

/** What is left to somebody who has no place on another date; empty where nothing is. */
export function whatStays ({ day, has }: FirstDate): string {
  switch (has) {
    case 'nothing': return ''
    case 'turn': return `You keep your turn on the waiting list for ${day}.`
    case 'offer': return `The place that is kept for you on ${day} is still yours to accept.`
    case 'place': return `You keep your place on ${day}.`
  }
}

/** What somebody who took a place on another date gave up for it; empty where they still have it, or had nothing. */
export function whatWasGivenUp ({ day, has, hadPlace }: FirstDate): string {
  if (has !== 'nothing') return ''
  return hadPlace ? `You no longer have a place on ${day}.` : `You are off the waiting list for ${day}.`
}
