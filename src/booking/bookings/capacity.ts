import type { Occupancy } from '../../programme/activities/activity.ts'
import { freePlaces } from '../../programme/activities/supply.ts'
import type { Supply } from '../../programme/activities/supply.ts'
import { placesLeft } from '../holds/hold.ts'
import type { Hold } from '../holds/hold.ts'

export type Admission = 'confirmed' | 'waiting' | 'full'

/**
 * Decides whether a new request gets its places, joins the waiting list, or finds no list to join.
 *
 * Free places are not open to newcomers while anyone is waiting: they are about to go to those who came first, and
 * giving them away now would let a newcomer jump the queue. A party is not split: it gets all its places or waits for
 * all.
 */
export function admit (
  supply: Supply & { hasWaitingList: boolean }, occupancy: Occupancy, places: number
): Admission {
  if (occupancy.waitingBookings === 0 && places <= freePlaces(supply, occupancy)) return 'confirmed'
  return supply.hasWaitingList ? 'waiting' : 'full'
}

/** The occupancy after a request was decided. */
export function afterAdmission (occupancy: Occupancy, admission: Admission, places: number): Occupancy {
  switch (admission) {
    case 'confirmed': return { ...occupancy, confirmed: occupancy.confirmed + places }
    case 'waiting': return {
      ...occupancy, waiting: occupancy.waiting + places, waitingBookings: occupancy.waitingBookings + 1
    }
    case 'full': return occupancy
  }
}

/** The occupancy after someone who asked for so many places has stopped waiting for them. */
export function afterWaiting (occupancy: Occupancy, places: number): Occupancy {
  return { ...occupancy, waiting: occupancy.waiting - places, waitingBookings: occupancy.waitingBookings - 1 }
}

/**
 * Maximum number of places that a booking can have: the activity's limit per booking or, if the booking is larger
 * because the limit was higher before, its own number, so that fewer is always possible.
 */
export function maxPlaces (
  { placesPerBooking }: { placesPerBooking: number }, booking: { places: number }
): number {
  return Math.max(placesPerBooking, booking.places)
}

/**
 * Returns whether a booking may change to another number of places. Fewer is always possible; more of a confirmed
 * booking needs free places and an empty waiting list, as for a newcomer. On the waiting list fewer is possible and
 * more is not: it would take places from those behind who fit now. A booking of a `hold` that has not returned grows
 * within that hold.
 */
export function mayChangePlaces (
  supply: Supply, occupancy: Occupancy, booking: { status: string, places: number }, places: number, hold?: Hold
): boolean {
  if (places <= booking.places) return true
  if (booking.status !== 'confirmed') return false
  if (hold !== undefined) return places - booking.places <= placesLeft(hold)
  return occupancy.waitingBookings === 0 && places - booking.places <= freePlaces(supply, occupancy)
}
