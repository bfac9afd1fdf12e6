import type { Activity, Occupancy } from './activity.ts'

/** What an activity has to give. */
export interface Supply {
  capacity: number
  overBookingPercent: number
}

/** How many places may be taken: the capacity and, where an organiser wants it, some more. */
export function bookable ({ capacity, overBookingPercent }: Supply): number {
  return Math.floor(capacity * (100 + overBookingPercent) / 100)
}

/** How many places nobody has; negative where the capacity was lowered below what is taken. */
export function freePlaces (supply: Supply, { confirmed, offered }: Occupancy): number {
  return bookable(supply) - confirmed - offered
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
  { capacity, overBookingPercent, waitingList }: Pick<Activity, 'capacity' | 'overBookingPercent' | 'waitingList'>,
  occupancy: Occupancy
): Availability {
  const left = freePlaces({ capacity: capacity ?? 0, overBookingPercent }, occupancy)
  if (occupancy.waitingBookings === 0 && left > 0) return { is: 'places', left }
  return waitingList === 'off' ? { is: 'full' } : { is: 'waiting-list' }
}
