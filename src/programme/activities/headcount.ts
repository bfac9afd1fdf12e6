/** The dimensions by which erased bookings are counted. */
export const dimensions = ['total', 'district', 'role', 'heard-from', 'lead-time'] as const
export type Dimension = typeof dimensions[number]

/** Numbers of erased bookings. */
export interface Numbers {
  /** Bookings that kept their place to the end. */
  booked: number
  /** Places of those bookings. */
  places: number
  /** Bookings that were ever on the waiting list. */
  waited: number
  cancelled: number
  lapsed: number
  came: number
  /** Places of those that were taken: all of a booking's where nobody counted. */
  camePlaces: number
  didNotCome: number
  /** Places of bookings of which it is known whether anyone came. */
  recordedPlaces: number
}

/** The numbers of one value of one dimension. */
export interface Headcount extends Numbers {
  dimension: Dimension
  /** Empty: all of them, or those who did not say. */
  value: string
}
