import type { FastifyReply } from 'fastify'
import type { Running, RunningAddress } from '../../programme/activities/staff-routes.ts'
import { liveStatuses } from '../../booking/bookings/booking.ts'
import type { Booking } from '../../booking/bookings/booking.ts'
import { AlreadyCancelled, BookingNotFound } from '../../booking/bookings/errors.ts'
import { getBookingOn } from '../../booking/bookings/queries.ts'
import { isId } from '../../platform/http/url-params.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { effectsPageOf } from './staff-page.ts'

/** URL parameters of a page about one booking of an activity. */
export interface BookingAddress extends RunningAddress { Params: { slug: string, booking: string } }

/** The effects of one of these changes, before it is made, with the fields that were sent. */
export function showEffects (what: 'details' | 'move' | 'turn' | 'links') {
  return async (asked: Running<BookingAddress>, required: ConfirmationRequired): Promise<FastifyReply> => {
    const { staff, activity, body, reply } = asked
    const model = effectsPageOf(activity, await bookingIn(asked), what, required, body)
    return reply.page('identity/staff/effects', { staff, ...model })
  }
}

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
