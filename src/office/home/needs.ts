import type { DateTime } from 'luxon'
import type { Occupancy, WaitingListMode } from '../../programme/activities/activity.ts'
import { bookability } from '../../programme/activities/booking-window.ts'
import type { BookingWindow } from '../../programme/activities/booking-window.ts'
import { bookable, freePlaces } from '../../programme/activities/supply.ts'
import type { Supply } from '../../programme/activities/supply.ts'

/** What needs a person, the most urgent first. */
export const needKinds = [
  'no-link', 'meeting-failed', 'questions', 'requests-pressing', 'letters', 'requests', 'legal-holds', 'access', 'free-and-waiting', 'list-longer-than-session',
  'another-date', 'draft', 'contacts'
] as const
export type NeedKind = typeof needKinds[number]

/** From so long before the start on a workshop without a Teams link is a worry. */
export const hoursForLink = 48
/** For so long before the start questions that came in advance are asked for. */
export const hoursForQuestions = 24
/** From so long before the start on a draft has been forgotten, more likely than not. */
export const daysForDraft = 7
/** So long a meeting takes to be made at most, when all is well. */
const minutesToMake = 15

/** Of an activity to come or running now, what decides whether it needs somebody. */
export interface Concern extends BookingWindow, Supply {
  isOnline: boolean
  hasLink: boolean
  waitingList: WaitingListMode
  occupancy: Occupancy
  /** The Teams meeting that the service was asked to make. */
  meeting: { status: string, askedAt: DateTime<true> } | undefined
  /** Whether those who waited for another date of it were put on its waiting list. */
  isAnotherDate: boolean
  /** Whether another date was made of it that is not cancelled. */
  hasOtherDate: boolean
  anotherDateAt: number | undefined
}

/** What one activity needs. */
export function needsOf (concern: Concern, now: DateTime<true>): NeedKind[] {
  if (concern.status === 'cancelled' || now >= concern.endsAt) return []
  if (concern.status === 'draft') {
    return now < concern.startsAt && concern.startsAt < now.plus({ days: daysForDraft }) ? ['draft'] : []
  }
  return [
    ...needOfMeeting(concern, now),
    ...isFreeAndWaitedFor(concern) ? ['free-and-waiting' as const] : [],
    ...needOfList(concern, now)
  ]
}

/**
 * A workshop that people have booked and cannot get into, soon; or a meeting that the service cannot make or change
 * by itself. What it is just making is not worth anybody's walk.
 */
function needOfMeeting ({ booking, isOnline, hasLink, startsAt, meeting }: Concern, now: DateTime<true>): NeedKind[] {
  const isBeingMade = meeting?.status === 'asked' && now < meeting.askedAt.plus({ minutes: minutesToMake })
  const isSoon = startsAt < now.plus({ hours: hoursForLink })
  if (booking === 'places' && isOnline && !hasLink && isSoon && !isBeingMade) return ['no-link']
  return meeting?.status === 'failed' ? ['meeting-failed'] : []
}

/** Where organisers give places by hand, nobody who waits gets one by itself. */
function isFreeAndWaitedFor (concern: Concern): boolean {
  const { waitingList, occupancy } = concern
  return waitingList === 'by-hand' && occupancy.waitingBookings > 0 && freePlaces(concern, occupancy) > 0
}

/**
 * A list so long that those who wait would fill another session; or a full activity that people wait for. Where an
 * organiser said from how many on they want to know, it is from then on. Nobody needs to do anything once another
 * date was made, nor on that date while it asks those who came along, nor where nobody new could come.
 */
function needOfList (concern: Concern, now: DateTime<true>): NeedKind[] {
  const { occupancy, isAnotherDate, hasOtherDate, anotherDateAt } = concern
  const isFull = freePlaces(concern, occupancy) <= 0
  if (occupancy.waitingBookings === 0 || hasOtherDate || (isAnotherDate && !isFull)) return []
  if (bookability(concern, now) !== 'open') return []
  if (occupancy.waiting > bookable(concern)) return ['list-longer-than-session']
  const isWorthIt = anotherDateAt === undefined ? isFull : occupancy.waitingBookings >= anotherDateAt
  return isWorthIt ? ['another-date'] : []
}
