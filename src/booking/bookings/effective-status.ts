import type { DateTime } from 'luxon'
import type { Activity, WaitingListMode } from '../../programme/activities/activity.ts'
import { closesAt, isToCome } from '../../programme/activities/booking-window.ts'
import type { BookingWindow } from '../../programme/activities/booking-window.ts'
import { dayInWords, momentInWords } from '../../programme/activities/when.ts'
import type { Booking, BookingStatus, LapseReason } from './booking.ts'

/** Positions further back are not counted: reading a line of 100,000 for each of its people would take all day. */
export const farthestCounted = 1000

/** The state of a booking at an instant. */
export interface EffectiveStatus {
  status: BookingStatus
  /** Set if it has lapsed. */
  lapseReason: LapseReason | undefined
}

/**
 * Returns the state of a booking at `now`. An offer that has run out, and a list after booking has closed, have ended
 * even if the sweep has not recorded it: no one is promised what is gone.
 */
export function effectiveStatusAt (
  { status, lapseReason, offeredUntil, activity }:
    Pick<Booking, 'status' | 'lapseReason' | 'offeredUntil'> & { activity: BookingWindow },
  now: DateTime<true>
): EffectiveStatus {
  if (status === 'lapsed') return { status, lapseReason: lapseReason ?? 'unanswered' }
  if (status !== 'waiting' && status !== 'offered') return { status, lapseReason: undefined }
  if (now >= closesAt(activity)) return { status: 'lapsed', lapseReason: 'closed' }
  if (offeredUntil !== undefined && now >= offeredUntil) return { status: 'lapsed', lapseReason: 'unanswered' }
  return { status, lapseReason: undefined }
}

/** Someone's position on a waiting list in words, 1 being next; as far as positions are counted. */
export function lineInWords (position: number): string {
  const before = position - 1
  if (before === 0) return 'You are next in line.'
  if (before >= farthestCounted) return 'There are at least 1,000 bookings ahead of you.'
  return before === 1 ? 'There is 1 booking ahead of you.' : `There are ${before} bookings ahead of you.`
}

/**
 * How a list serves a booking: one carried over from another date's list is asked, whatever the list does for others.
 */
export function modeFor (
  { copiedFromBookingId, activity }: Pick<Booking, 'copiedFromBookingId'> & { activity: Pick<Activity, 'waitingList'> }
): WaitingListMode {
  return copiedFromBookingId === undefined ? activity.waitingList : 'offers'
}

/**
 * Paragraphs for someone who waits for `places`: what happens when a place becomes free, and how a party can be passed
 * over. Everyone is told that rule: once it has mattered to someone the place is gone.
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

/** The rule of line.ts, for someone who waits for `places`. */
function howPartiesArePassedOver (places: number): string {
  if (places === 1) return 'If too few places are free for the people ahead of you, they keep their turn and you may get a place before them.'
  return `If fewer than ${places} places are free, they go to the next person who needs no more than that, and you keep your ` +
    'turn. If you can come with fewer people, ask for fewer places.'
}

function hoursInWords (hours: number): string {
  if (hours > 24 && hours % 24 === 0) return `${hours / 24} days`
  return hours === 1 ? '1 hour' : `${hours} hours`
}

/** People who go first on a waiting list, and why; `rank` 1 goes before 2. */
export interface PriorityGroup { rank: number, name: string, reason: string }

/** Who goes before someone for another reason than having come first: `Foster carers: they …`. */
export function whoGoesFirst (groups: readonly PriorityGroup[], { priority }: Pick<Booking, 'priority'>): string[] {
  return groups.filter(({ rank }) => rank < priority)
    .map(({ name, reason }) => `${name}: ${reason.trim()}`)
}

/**
 * Returns why free places have not gone to a party: there are fewer than it needs. Undefined if that is not the reason,
 * and if organisers pick: then the list does not say who is next.
 */
export function passedOver (mode: WaitingListMode, free: number, places: number): string | undefined {
  if (mode === 'by-hand' || free <= 0 || places <= free) return undefined
  const [are, go] = free === 1 ? ['place is', 'It goes to the next person who needs only 1'] : ['places are', `They go to the next person who needs no more than ${free}`]
  return `${free} ${are} free, and you asked for ${places}. ${go}.`
}

/** What someone who was put in line for another date has on the date that they asked for. */
export interface FirstDate {
  /** The date in words. */
  day: string
  /** A place, a turn on its waiting list, an offer that stands, or nothing any more. */
  has: 'place' | 'turn' | 'offer' | 'nothing'
  /** Whether they ever had a place there. */
  hadPlace: boolean
}

/** Describes the first date's booking for someone whose booking was made from it for another date. */
export function firstDateOf (
  first: Pick<Booking, 'status' | 'lapseReason' | 'offeredUntil' | 'confirmedAt'> & { activity: Activity },
  now: DateTime<true>
): FirstDate {
  const { startsAt, allDay, zone } = first.activity
  const has = { confirmed: 'place', waiting: 'turn', offered: 'offer', lapsed: 'nothing', cancelled: 'nothing' } as const
  return {
    day: allDay ? dayInWords(startsAt, zone) : momentInWords(startsAt, zone),
    has: isToCome(first.activity, now) ? has[effectiveStatusAt(first, now).status] : 'nothing',
    hadPlace: first.confirmedAt !== undefined
  }
}

/** Paragraphs on what accepting a place on another date does to the first, and what refusing leaves. */
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

/** What is left to someone who has no place on another date; empty if nothing is. */
export function whatStays ({ day, has }: FirstDate): string {
  switch (has) {
    case 'nothing': return ''
    case 'turn': return `You keep your turn on the waiting list for ${day}.`
    case 'offer': return `The place that is kept for you on ${day} is still yours to accept.`
    case 'place': return `You keep your place on ${day}.`
  }
}

/** What someone who took a place on another date gave up for it; empty if they still have it, or had nothing. */
export function whatWasGivenUp ({ day, has, hadPlace }: FirstDate): string {
  if (has !== 'nothing') return ''
  return hadPlace ? `You no longer have a place on ${day}.` : `You are off the waiting list for ${day}.`
}
