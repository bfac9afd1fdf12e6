import type { FastifyReply } from 'fastify'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { bookingIn } from '../../booking/bookings/booking-address.ts'
import type { BookingAddress } from '../../booking/bookings/booking-address.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { effectsPageOf } from './staff-page.ts'

/** The effects of one of these changes, before it is made, with the fields that were sent. */
export function showEffects (what: 'details' | 'move' | 'turn' | 'links') {
  return async (asked: Running<BookingAddress>, required: ConfirmationRequired): Promise<FastifyReply> => {
    const { staff, activity, body, reply } = asked
    const model = effectsPageOf(activity, await bookingIn(asked), what, required, body)
    return reply.page('identity/staff/effects', { staff, ...model })
  }
}
