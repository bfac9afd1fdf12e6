import type { Running, RunningAddress } from '../../programme/activities/staff-routes.ts'
import { isId } from '../../platform/http/url-params.ts'
import { liveStatuses } from './booking.ts'
import type { Booking } from './booking.ts'
import { AlreadyCancelled, BookingNotFound } from './errors.ts'
import { getBookingOn } from './queries.ts'

/** URL parameters of a page about one booking of an activity. */
export interface BookingAddress extends RunningAddress { Params: { slug: string, booking: string } }

/** Returns the booking that an address names, which must belong to its activity. */
export async function bookingIn ({ activity, params, reply }: Running<BookingAddress>): Promise<Booking> {
  if (!isId(params.booking)) throw new BookingNotFound()
  return await getBookingOn(reply.server.db, activity.id, params.booking)
}

/** The booking that an address names, which must be of its activity and live. */
export async function liveBookingIn (asked: Running<BookingAddress>): Promise<Booking> {
  const booking = await bookingIn(asked)
  if (!liveStatuses.includes(booking.status)) throw new AlreadyCancelled()
  return booking
}
