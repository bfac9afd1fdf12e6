/** By what bookings are counted that are no more. */
export const dimensions = ['total', 'district', 'role', 'heard-from'] as const
export type Dimension = typeof dimensions[number]

/** What bookings that are no more came to, in numbers. */
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
  /** Empty: all of them, or those who did not say. */
  value: string
}
