import type { Booking } from '../bookings/booking.ts'
import { channelOf } from './heard-from.ts'

export const dimensions = ['total', 'district', 'role', 'heard-from'] as const
export type Dimension = typeof dimensions[number]

/** What bookings come to in numbers. */
export interface Numbers {
  /** Bookings that had a place to the end. */
  booked: number
  /** Of those, their places. */
  places: number
  /** Bookings that were ever on the waiting list. */
  waited: number
  cancelled: number
  lapsed: number
  came: number
  didNotCome: number
}

/** The numbers of one value of one dimension. */
export interface Headcount extends Numbers {
  dimension: Dimension
  value: string
}

/** Of a booking, what is counted before it is forgotten. */
export type Counted =
  Pick<Booking, 'status' | 'places' | 'role' | 'district' | 'heardFrom' | 'waitedAt' | 'attended'>

/**
 * How many of some bookings had a place, waited and came: of all of them, and by district, role and where they heard
 * of it. Each dimension by itself, so that no number is of one person who lives here and is that.
 */
export function headcountsOf (bookings: readonly Counted[]): Headcount[] {
  const valueIn: Record<Dimension, (booking: Counted) => string> = {
    total: () => '',
    district: ({ district }) => district ?? '',
    role: ({ role }) => role,
    'heard-from': ({ heardFrom }) => channelOf(heardFrom)
  }
  return dimensions.flatMap(dimension =>
    [...Map.groupBy(bookings, valueIn[dimension])].map(([value, some]) => ({ dimension, value, ...numbersOf(some) })))
}

function numbersOf (bookings: readonly Counted[]): Numbers {
  const count = (is: (booking: Counted) => boolean) => bookings.filter(is).length
  const hadPlace = bookings.filter(({ status }) => status === 'confirmed')
  return {
    booked: hadPlace.length,
    places: hadPlace.reduce((sum, { places }) => sum + places, 0),
    waited: count(({ waitedAt }) => waitedAt !== undefined),
    cancelled: count(({ status }) => status === 'cancelled'),
    lapsed: count(({ status }) => status === 'lapsed'),
    came: count(({ attended }) => attended === true),
    didNotCome: count(({ attended }) => attended === false)
  }
}
