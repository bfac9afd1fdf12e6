import type { DateTime } from 'luxon'
import type { Activity, Occupancy } from '../../programme/activities/activity.ts'
import { closesAt } from '../../programme/activities/booking-window.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import { isReachable, ordinary } from '../../booking/bookings/booking.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { admit } from '../../booking/bookings/capacity.ts'
import type { Admission } from '../../booking/bookings/capacity.ts'
import { notReached } from './reachability.ts'

/** Whether a booking can be moved to an activity at all, full or not: a coming date of the same campaign. */
export function isDateFor (from: Activity, to: Activity, now: DateTime<true>): boolean {
  return to.id !== from.id && to.campaign.id === from.campaign.id && to.status === 'published' &&
    to.booking === 'places' && now < to.startsAt
}

/**
 * What a booking becomes on another date, by the rules for a new request. Someone who waits may wait there too; a place
 * is not given up for a turn on a list.
 */
export function admissionOn (
  to: Activity, occupancy: Occupancy, { status, places }: Pick<Booking, 'status' | 'places'>, now: DateTime<true>
): Admission {
  const hasWaitingList = status === 'waiting' && to.waitingList !== 'off' && now < closesAt(to)
  return admit({ ...to, hasWaitingList }, occupancy, places)
}

/** What moving a booking does, in sentences. */
export function moveEffects (
  booking: Booking, from: Activity, to: Activity, admission: Exclude<Admission, 'full'>, { waitingBookings }: Occupancy
): string[] {
  const { status, places, confirmedAt } = booking
  const [before, after] = [named(from, to), named(to, from)]
  const [place, it, one, goes] = places === 1
    ? ['place', 'it', 'a place', 'goes']
    : [`${places} places`, 'them', `${places} places`, 'go']
  const line = waitingBookings === 1 ? '1 booking is' : `${waitingBookings} bookings are`
  const loses = {
    confirmed: `They lose their ${place} on ${before}, which ${goes} to the next in line there, and get ${one} on ${after}.`,
    offered: `The ${place} kept for them on ${before} ${goes} to the next in line there, and they get ${one} on ${after} without having to accept ${it}.`,
    waiting: `They leave the waiting list for ${before}, and get ${one} on ${after}.`
  }
  const email = admission === 'waiting'
    ? 'They get an email that says so.'
    : confirmedAt === undefined ? 'They get an email and an entry for their calendar.' : 'They get an updated invitation, and the entry in their calendar moves.'
  return [
    admission === 'waiting'
      ? `They leave the waiting list for ${before}, and join the end of the one for ${after}: ${line} before theirs.`
      : loses[status as keyof typeof loses],
    isReachable(booking) ? email : notReached,
    ...booking.holdId === undefined ? [] : [`The hold that their ${place} came from has ${it} back.`],
    ...booking.priority === ordinary ? [] : ['They are in no priority group there.'],
    ...booking.accessAnswer === undefined ? [] : ['What was arranged for their access needs must be arranged again for the new date.']
  ]
}

/** A date, in words that distinguish it from the other: with its title where that differs. */
function named (date: Activity, other: Activity): string {
  return date.title === other.title ? whenInWords(date) : `${whenInWords(date)} (${date.title})`
}
