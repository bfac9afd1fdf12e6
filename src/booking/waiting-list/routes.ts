import type { FastifyPluginAsync } from 'fastify'
import { keepFromSearchEngines } from '../../platform/http/unlisted.ts'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { liveStatuses } from '../bookings/booking.ts'
import type { BookingLinks } from '../bookings/link.ts'
import { owning, showOwnBooking } from '../bookings/own-booking-routes.ts'
import { acceptOffer, refuseOffer } from './accept-or-refuse.ts'
import { NothingOffered, OfferEnded, PlaceTaken } from './errors.ts'
import { noticeOf } from './page.ts'

/** What people who wait answer when a place is free. The question is shown on the page of their own booking. */
export const waitingListRoutes: FastifyPluginAsync<{ links: BookingLinks }> = async (app, { links }) => {
  app.addHook('onRequest', keepFromSearchEngines)

  const own = owning(app, links)

  // The page of their booking says what they have and can do now.
  app.setErrorHandler(async (error, request, reply) => {
    const isAnswered = [BookingNotOpen, NothingOffered, OfferEnded, PlaceTaken].some(kind => error instanceof kind)
    if (!isAnswered) throw error
    return await own(async ({ booking, token }) => {
      const notice = noticeOf(error as Error, booking, app.clock())
      return await showOwnBooking(app, reply, booking, token, { notice })
    })(request, reply.code(409))
  })

  app.post('/bookings/:token/acceptance', own(async ({ booking, token, reply }) => {
    await acceptOffer(app.db, app.outbox, booking.id, app.clock(), booking)
    return await reply.redirect(`/bookings/${token}`, 303)
  }))

  app.post('/bookings/:token/refusal', own(async ({ booking, token, reply }) => {
    // Pressed twice, or too late: they have no place, which is what they want.
    if (liveStatuses.includes(booking.status)) {
      await refuseOffer(app.db, app.outbox, booking.id, app.clock(), booking)
    }
    return await reply.redirect(`/bookings/${token}`, 303)
  }))
}
