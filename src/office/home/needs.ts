import type { DateTime } from 'luxon'
import type { Occupancy, WaitingListMode } from '../../programme/activities/activity.ts'
import { bookability, isToCome } from '../../programme/activities/booking-window.ts'
import type { BookingWindow } from '../../programme/activities/booking-window.ts'
import { bookable, freePlaces } from '../../programme/activities/supply.ts'
import type { Supply } from '../../programme/activities/supply.ts'

/** What needs someone's attention, the most urgent first. */
export const needKinds = [
  'invariants', 'no-link', 'strangers', 'meeting-failed', 'questions', 'requests-pressing', 'emails', 'requests', 'legal-holds', 'access', 'successions',
  'attendance', 'resources', 'free-and-waiting', 'list-longer-than-session', 'another-date', 'draft', 'resources-low', 'contacts'
] as const
export type NeedKind = typeof needKinds[number]

/** What a co-host can deal with. */
export const ofCoHosts: readonly NeedKind[] = ['no-link', 'meeting-failed', 'free-and-waiting']

/** A workshop without a Teams link needs attention from so many hours before the start. */
export const hoursForLink = 48
/** Questions that came in advance are shown from so many hours before the start. */
export const hoursForQuestions = 24
/** For so many days after the end it is said that nobody noted who came: later nobody knows. */
export const daysForAttendance = 14
/** From so many days before the start a draft has probably been forgotten. */
export const daysForDraft = 7
/** The longest that making a meeting takes when all is well, in minutes. */
const minutesToMake = 15

/** The parts of a coming or running activity that decide whether it needs attention. */
export interface Concern extends BookingWindow, Supply {
  isOnline: boolean
  hasLink: boolean
  waitingList: WaitingListMode
  occupancy: Occupancy
  /** The Teams meeting that the service was asked to make. */
  meeting: { status: string, askedAt: DateTime<true> } | undefined
  /** Whether people who waited for another date of it were put on its waiting list. */
  isAnotherDate: boolean
  /** Whether another date was made of it that is not cancelled. */
  hasOtherDate: boolean
  anotherDateAt: number | undefined
}

/** What one activity needs. */
export function needsOf (concern: Concern, now: DateTime<true>): NeedKind[] {
  if (!isToCome(concern, now)) return []
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
 * A booked workshop that starts soon and cannot be joined, or a meeting that the service cannot make or change by
 * itself. A meeting that is just being made needs no one's attention.
 */
function needOfMeeting ({ booking, isOnline, hasLink, startsAt, meeting }: Concern, now: DateTime<true>): NeedKind[] {
  const isBeingMade = meeting?.status === 'asked' && now < meeting.askedAt.plus({ minutes: minutesToMake })
  const isSoon = startsAt < now.plus({ hours: hoursForLink })
  if (booking === 'places' && isOnline && !hasLink && isSoon && !isBeingMade) return ['no-link']
  return meeting?.status === 'failed' ? ['meeting-failed'] : []
}

/** Where organisers give places by hand, people who wait do not get free ones automatically. */
function isFreeAndWaitedFor (concern: Concern): boolean {
  const { waitingList, occupancy } = concern
  return waitingList === 'by-hand' && occupancy.waitingBookings > 0 && freePlaces(concern, occupancy) > 0
}

/**
 * A list so long that those who wait would fill another session; or a full activity that people wait for. Where an
 * organiser set a number from which they want to know, that number counts instead. Nothing needs doing once another
 * date was made, nor on that date while it asks the people who were carried over, nor where no one new could come.
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
