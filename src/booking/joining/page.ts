import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'
import { dayInWords, momentInWords, timeInWords } from '../../programme/activities/when.ts'
import { asksForCheckIn, isNotedAsHere } from '../bookings/check-in-times.ts'
import { summaryOf } from '../bookings/page.ts'
import type { BookingWithActivity } from '../bookings/queries.ts'
import { opensAt, joinAccessAt } from './join-times.ts'
import type { JoinAccess } from './join-times.ts'

/** When people can go in, worded for the day of `at`: `at 5:45pm`, or `on Tuesday 1 December 2026 at 5:45pm`. */
export function opensInWords (
  activity: Pick<Activity, 'allDay' | 'startsAt' | 'zone'>, at: DateTime<true>
): string {
  const { allDay, zone } = activity
  const opens = opensAt(activity)
  if (allDay) return `on ${dayInWords(opens, zone)}`
  return isOnDayOf(opens, at, zone) ? `at ${timeInWords(opens, zone)}` : `on ${momentInWords(opens, zone)}`
}

function isOnDayOf (one: DateTime<true>, other: DateTime<true>, zone: string): boolean {
  return one.setZone(zone).hasSame(other.setZone(zone), 'day')
}

/** What the page says instead of letting someone in, and what they can do then. */
interface Told {
  heading: string
  sentences: string[]
  /** Whether reloading the page may soon give another answer. */
  mayCheckAgain?: boolean
  /** Whether the organisers can help. */
  mayWrite?: boolean
  /** Whether they need their booking's own page next. */
  mayFindBooking?: boolean
  /** Whether to show what else there is to book. */
  isGone?: boolean
}

/**
 * The page of a personal link, as it is now. It never leads to the booking's own page: this link lets its holder go in
 * and no more. Once the workshop is over, the page says neither whose it was nor what.
 */
export function joinPageOf (booking: BookingWithActivity, token: string, now: DateTime<true>) {
  const { activity } = booking
  const wayIn = joinAccessAt(booking, now)
  return {
    ...toldOf(wayIn, activity, now),
    mayJoin: wayIn === 'open',
    checksIn: asksForCheckIn(booking, now),
    isHere: isNotedAsHere(booking, now),
    name: ['open', 'shut', 'no-link'].includes(wayIn) ? booking.name : undefined,
    activity: wayIn === 'over' ? undefined : summaryOf(activity),
    cancellationReason: wayIn === 'cancelled' ? activity.cancellationReason : undefined,
    href: `/join/${token}`
  }
}

function toldOf (wayIn: JoinAccess, activity: Activity, now: DateTime<true>): Told {
  switch (wayIn) {
    case 'open': return { heading: 'You can join now', sentences: [] }
    case 'shut': return {
      heading: `Opens ${opensInWords(activity, now)}`,
      sentences: ['Come back to this page then. It will have a button that takes you into the workshop.'],
      mayCheckAgain: isOnDayOf(opensAt(activity), now, activity.zone)
    }
    case 'no-link': return {
      heading: 'The link to join is not ready yet',
      sentences: [
        'You have a place and this is the right page. The organisers have not given us their link to Microsoft Teams yet.',
        'Please check again in a few minutes.'
      ],
      mayCheckAgain: true,
      mayWrite: true
    }
    case 'over': return {
      heading: 'This has ended',
      sentences: ['Thank you if you came. If you could not, see whether there is another date.'],
      isGone: true
    }
    case 'cancelled': return { heading: 'This activity has been cancelled', sentences: [], isGone: true }
    case 'not-online': return {
      heading: 'This is not online any more',
      sentences: ['There is nothing to join online. Please check where it takes place now.'],
      mayFindBooking: true
    }
    case 'booking-cancelled': return {
      heading: 'Your booking is cancelled',
      sentences: ['This link no longer lets you in. If you would like to come after all, book again while there are places.'],
      isGone: true
    }
    case 'waiting': return {
      heading: 'You are on the waiting list',
      sentences: ['You can join once you have a place. We email you at once when you get one.'],
      mayFindBooking: true
    }
    case 'offered': return {
      heading: 'Accept your place first',
      sentences: ['A place is being kept for you. Once you have accepted it, you can join.'],
      mayFindBooking: true
    }
    case 'lapsed': return {
      heading: 'You do not have a place',
      sentences: ['Your time on the waiting list has ended, so this link does not let you in.'],
      isGone: true
    }
  }
}
