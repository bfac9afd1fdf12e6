import type { Activity, Occupancy, WaitingListMode } from './activity.ts'

/** What an activity has to give. */
export interface Supply {
  /** Undefined where nothing is booked: there is nothing to give. */
  capacity: number | undefined
  overBookingPercent: number
}

/** How many places an activity gives, and what happens when they are gone. */
export interface SupplyDraft {
  capacity: number
  overBookingPercent: number
  waitingList: WaitingListMode
  offerHours: number
  /** Bookings on the waiting list from which another date is worth making; undefined: never. */
  anotherDateAt: number | undefined
}

/** How many places may be taken: the capacity and, where an organiser wants it, some more. */
export function bookable ({ capacity = 0, overBookingPercent }: Supply): number {
  return Math.floor(capacity * (100 + overBookingPercent) / 100)
}

/** How many places nobody has; negative where the capacity was lowered below what is taken. */
export function freePlaces (supply: Supply, occupancy: Occupancy): number {
  return bookable(supply) - placesTaken(occupancy)
}

/** Places that somebody has: by a booking, an offer or a hold. */
export function placesTaken ({ confirmed, offered, held }: Pick<Occupancy, 'confirmed' | 'offered' | 'held'>): number {
  return confirmed + offered + held
}

export type Availability =
  | { is: 'places', left: number }
  | { is: 'waiting-list' }
  | { is: 'full' }

/**
 * What somebody who asks for one place now would get. While anyone waits, free places are theirs, and
 * the page does not promise them to a newcomer.
 */
export function availability (
  activity: Supply & Pick<Activity, 'waitingList'>, occupancy: Occupancy
): Availability {
  const left = freePlaces(activity, occupancy)
  if (occupancy.waitingBookings === 0 && left > 0) return { is: 'places', left }
  return activity.waitingList === 'off' ? { is: 'full' } : { is: 'waiting-list' }
}
