import { peopleInWords } from '../../programme/activities/in-words.ts'
import type { DateTime } from 'luxon'
import type { Activity, Occupancy } from '../../programme/activities/activity.ts'
import { closesAt } from '../../programme/activities/booking-window.ts'
import { freePlaces } from '../../programme/activities/supply.ts'
import { whenInWords } from '../../programme/activities/when.ts'
import { isReachable, ordinary } from '../../booking/bookings/booking.ts'
import type { Booking, BookingStatus } from '../../booking/bookings/booking.ts'
import { calleeOf } from '../../booking/bookings/callee.ts'
import { admit, afterAdmission } from '../../booking/bookings/capacity.ts'
import type { Admission } from '../../booking/bookings/capacity.ts'
import { endedInWords } from '../../booking/bookings/effects.ts'
import { people, whoOf } from '../../identity/staff/confirmation.ts'
import type { Effects } from '../../identity/staff/confirmation.ts'
import { CannotMoveThere, TooFewPlaces } from './errors.ts'
import { notReached, notReachedOf } from './reachability.ts'

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
  return admit({ ...to, hasWaitingList: mayWait(to, { status }, now) }, occupancy, places)
}

function mayWait (to: Activity, { status }: Pick<Booking, 'status'>, now: DateTime<true>): boolean {
  return status === 'waiting' && to.waitingList !== 'off' && now < closesAt(to)
}

/** Bookings in the order in which they ask for another date: those with a place first, those who wait in their turn. */
export function inOrderOfPlaces (bookings: readonly Booking[]): Booking[] {
  const rank = ({ status, priority }: Booking) => status === 'waiting' ? 2 + priority : status === 'offered' ? 1 : 0
  return [...bookings].sort((one, other) => rank(one) - rank(other))
}

/** A booking, and what it becomes on the other date. */
export interface Asking { booking: Booking, admission: Admission }
export interface Moving extends Asking { admission: Exclude<Admission, 'full'> }

/** What bookings become on another date that ask for it together, one after another. */
export function admissionsOn (
  to: Activity, occupancy: Occupancy, bookings: readonly Booking[], now: DateTime<true>
): Asking[] {
  return bookings.map(booking => {
    const admission = admissionOn(to, occupancy, booking, now)
    occupancy = afterAdmission(occupancy, admission, booking.places)
    return { booking, admission }
  })
}

/** Throws `CannotMoveThere` if another date has no room for all who ask for it. */
export function assertFits (
  to: Activity, occupancy: Occupancy, asking: readonly Asking[], isOne: boolean, now: DateTime<true>
): Moving[] {
  const moving = asking.filter((one): one is Moving => one.admission !== 'full')
  if (moving.length === asking.length) return moving
  if (isOne) throw new CannotMoveThere('full')
  const needed = asking.filter(({ booking }) => !mayWait(to, booking, now))
    .reduce((sum, { booking: { places } }) => sum + places, 0)
  throw new TooFewPlaces(occupancy.waitingBookings > 0 ? 0 : Math.max(0, freePlaces(to, occupancy)), needed)
}

/** Bookings that are moved, and how many were chosen that have ended. */
interface Move {
  moving: readonly Moving[]
  ended: number
  here: Activity
  there: Activity
  occupancy: Occupancy
}

/** What moving bookings does to their holders. */
export function moveEffects ({ moving, ended, here, there, occupancy: { waitingBookings } }: Move): Effects {
  const isOne = moving.length + ended === 1
  const who = whoOf(isOne)
  const [before, after] = [named(here, there), named(there, here)]
  const line = waitingBookings === 1 ? '1 booking is' : `${waitingBookings} bookings are`
  const of = (status: BookingStatus, admission: Admission) =>
    moving.filter(one => one.booking.status === status && one.admission === admission).map(({ booking }) => booking)
  const sentence = (some: readonly Booking[], say: (count: number, places: PlacesInWords) => string) =>
    some.length === 0 ? [] : [say(some.length, placesInWords(some, isOne))]
  const all = moving.map(({ booking }) => booking)
  const reached = moving.filter(({ booking }) => isReachable(booking))
  const unreached = all.filter(booking => !isReachable(booking))
  const emails = (is: (one: Moving) => boolean, say: (count: number) => string) => {
    const count = reached.filter(is).length
    return count === 0 ? [] : [say(count)]
  }
  return {
    changes: [],
    sentences: [
      ...sentence(of('confirmed', 'confirmed'), (count, { theirs, go, as }) =>
        `${who(count, 'loses', 'lose')} their ${theirs} on ${before}, which ${go} to the next in line there, and ${count === 1 && !isOne ? 'gets' : 'get'} ${as} on ${after}.`),
      ...sentence(of('offered', 'confirmed'), (count, { theirs, go, as, it }) =>
        `The ${theirs} kept for ${isOne ? 'them' : peopleInWords(count)} on ${before} ${go} to the next in line there, and they get ${as} on ${after} without having to accept ${it}.`),
      ...sentence(of('waiting', 'confirmed'), (count, { as }) =>
        `${who(count, 'leaves', 'leave')} the waiting list for ${before}, and ${count === 1 && !isOne ? 'gets' : 'get'} ${as} on ${after}.`),
      ...sentence(of('waiting', 'waiting'), count =>
        `${who(count, 'leaves', 'leave')} the waiting list for ${before}, and ${count === 1 && !isOne ? 'joins' : 'join'} the end of the one for ${after}: ${line} before theirs.`),
      ...emails(isUpdated, count =>
        `${who(count, 'gets', 'get')} an updated invitation, and the entry in their calendar moves.`),
      ...emails(isFirst, count => `${who(count, 'gets', 'get')} an email and an entry for their calendar.`),
      ...emails(({ admission }) => admission === 'waiting', count =>
        isOne ? 'They get an email that says so.' : `${people(count, 'who waits there gets', 'who wait there get')} an email that says so.`),
      ...unreached.length === 0 ? [] : [isOne ? notReached : notReachedOf(peopleInWords(unreached.length))],
      ...sentence(all.filter(({ holdId }) => holdId !== undefined), (count, { theirs, it }) =>
        isOne ? `The hold that their ${theirs} came from has ${it} back.` : `The places of ${peopleInWords(count)} go back to the hold they came from.`),
      ...sentence(all.filter(({ priority }) => priority !== ordinary), count =>
        `${who(count, 'is', 'are')} in no priority group there.`),
      ...sentence(all.filter(({ accessAnswer }) => accessAnswer !== undefined), count =>
        `What was arranged for ${isOne ? 'their access needs' : `the access needs of ${peopleInWords(count)}`} must be arranged again for the new date.`),
      ...endedInWords(ended)
    ],
    toCall: { count: unreached.length, people: unreached.map(booking => calleeOf(here.slug, booking)) },
    basis: JSON.stringify(moving.map(({ booking: { id, status, places }, admission }) =>
      [id, status, places, admission]))
  }
}

function isFirst ({ booking, admission }: Moving): boolean {
  return admission === 'confirmed' && booking.confirmedAt === undefined
}

function isUpdated ({ booking, admission }: Moving): boolean {
  return admission === 'confirmed' && booking.confirmedAt !== undefined
}

interface PlacesInWords {
  /** What is theirs: `place`, `3 places`. */
  theirs: string
  go: string
  it: string
  /** What they get instead: `a place`, `3 places`. */
  as: string
}

function placesInWords (bookings: readonly Booking[], isOne: boolean): PlacesInWords {
  const places = bookings.reduce((sum, booking) => sum + booking.places, 0)
  if (places === 1) return { theirs: 'place', go: 'goes', it: 'it', as: 'a place' }
  return places === bookings.length && !isOne
    ? { theirs: 'places', go: 'go', it: 'them', as: 'a place each' }
    : { theirs: `${places} places`, go: 'go', it: 'them', as: `${places} places` }
}

/** A date, in words that distinguish it from the other: with its title where that differs. */
function named (date: Activity, other: Activity): string {
  return date.title === other.title ? whenInWords(date) : `${whenInWords(date)} (${date.title})`
}
