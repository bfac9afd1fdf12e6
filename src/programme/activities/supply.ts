import type { Activity, Occupancy, WaitingListMode } from './activity.ts'

/** The number of places that an activity can give. */
export interface Supply {
  /** Undefined if it takes no bookings: there is nothing to give. */
  capacity: number | undefined
  overBookingPercent: number
}

/** How many places an activity gives, and what happens when they are gone. */
export interface SupplyDraft {
  capacity: number
  overBookingPercent: number
  waitingList: WaitingListMode
  offerHours: number
  /** Number of waiting bookings from which another date is worth making; undefined: never. */
  anotherDateAt: number | undefined
}

/** Number of places that may be taken: the capacity plus any over-booking. */
export function bookable ({ capacity = 0, overBookingPercent }: Supply): number {
  return Math.floor(capacity * (100 + overBookingPercent) / 100)
}

/** Number of free places; negative if the capacity was lowered below what is taken. */
export function freePlaces (supply: Supply, occupancy: Occupancy): number {
  return bookable(supply) - placesTaken(occupancy)
}

/** Places that are taken: by a booking, an offer or a hold. */
export function placesTaken ({ confirmed, offered, held }: Pick<Occupancy, 'confirmed' | 'offered' | 'held'>): number {
  return confirmed + offered + held
}

/** At most this many places left count as few: so that people do not put it off. */
const few = 5

export type Availability =
  | { is: 'places', areFew: boolean }
  | { is: 'waiting-list' }
  | { is: 'full' }

/**
 * What someone who asks for one place now would get. While anyone waits, free places are theirs, and the page does not
 * promise them to a newcomer.
 *
 * How many are left is told to nobody, and requests with an address that is booked already count as if they had taken
 * places: whoever asks with somebody's address and reads the page before and after learns the same either way. Whether
 * there is a place at all is exact.
 */
export function availability (
  activity: Supply & Pick<Activity, 'waitingList'>, occupancy: Occupancy
): Availability {
  const left = freePlaces(activity, occupancy)
  if (occupancy.waitingBookings === 0 && left > 0) return { is: 'places', areFew: left - occupancy.askedAgain <= few }
  return activity.waitingList === 'off' ? { is: 'full' } : { is: 'waiting-list' }
}
