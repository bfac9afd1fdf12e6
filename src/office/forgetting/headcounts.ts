import { dimensions } from '../../programme/activities/headcount.ts'
import type { Dimension, Headcount, Numbers } from '../../programme/activities/headcount.ts'
import { liveStatuses } from '../../booking/bookings/booking.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import type { Activity } from '../../programme/activities/activity.ts'
import { channelOf } from './heard-from.ts'
import { leadTimeOf } from './lead-time.ts'

/** The parts of a booking that are counted before it is forgotten. */
export type Counted =
  Pick<Booking, 'status' | 'places' | 'role' | 'district' | 'heardFrom' | 'waitedAt' | 'attended' | 'camePlaces' | 'createdAt'>

/**
 * How many of some bookings had a place, waited and came: in total, and by district, role, where they heard of it and
 * how long before the start they booked.
 * Each dimension is counted separately, so that no number is of one person who lives here and is that.
 *
 * A booking that is forgotten before it `isOver` does not count as having a place: a place that a restored backup has
 * given back is free.
 */
export function headcountsOf (
  given: readonly Counted[], { startsAt, zone }: Pick<Activity, 'startsAt' | 'zone'>, isOver: boolean
): Headcount[] {
  const bookings = isOver
    ? given
    : given.map(booking => liveStatuses.includes(booking.status) ? { ...booking, status: 'cancelled' as const } : booking)
  const valueIn: Record<Dimension, (booking: Counted) => string> = {
    total: () => '',
    district: ({ district }) => district ?? '',
    role: ({ role }) => role,
    'heard-from': ({ heardFrom }) => channelOf(heardFrom),
    'lead-time': ({ createdAt }) => leadTimeOf(createdAt, startsAt, zone)
  }
  return dimensions.flatMap(dimension =>
    [...Map.groupBy(bookings, valueIn[dimension])].map(([value, some]) => ({ dimension, value, ...numbersOf(some) })))
}

function numbersOf (bookings: readonly Counted[]): Numbers {
  const count = (is: (booking: Counted) => boolean) => bookings.filter(is).length
  const hadPlace = bookings.filter(({ status }) => status === 'confirmed')
  // Who cancelled after they had joined kept no place, and is counted as cancelled alone: as in reports.
  const came = hadPlace.filter(({ attended }) => attended === true)
  return {
    booked: hadPlace.length,
    places: hadPlace.reduce((sum, { places }) => sum + places, 0),
    waited: count(({ waitedAt }) => waitedAt !== undefined),
    cancelled: count(({ status }) => status === 'cancelled'),
    lapsed: count(({ status }) => status === 'lapsed'),
    came: came.length,
    camePlaces: came.reduce((sum, { camePlaces, places }) => sum + (camePlaces ?? places), 0),
    didNotCome: hadPlace.filter(({ attended }) => attended === false).length,
    recordedPlaces: hadPlace.reduce((sum, { attended, places }) => attended === undefined ? sum : sum + places, 0)
  }
}
