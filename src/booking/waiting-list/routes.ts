import type { FastifyPluginAsync } from 'fastify'
import { BookingNotOpen } from '../../programme/activities/errors.ts'
import { liveStatuses } from '../bookings/booking.ts'
import type { BookingLinks } from '../bookings/link.ts'
import { bookingByLink, keepFromSearchEngines, showOwnBooking } from '../bookings/routes.ts'
import { acceptOffer, refuseOffer } from './commands.ts'
import { NothingOffered, OfferEnded, PlaceTaken } from './errors.ts'
import { noticeOf } from './page.ts'

interface Token { Params: { token: string } }

/** What somebody who waits answers when a place is free. Where it is shown and asked is their own booking's page. */
export const waitingListRoutes: FastifyPluginAsync<{ links: BookingLinks }> = async (app, { links }) => {
  app.addHook('onRequest', keepFromSearchEngines)

  app.post<Token>('/bookings/:token/acceptance', async ({ params: { token } }, reply) => {
    const booking = await bookingByLink(app, links, token)
    await acceptOffer(app.db, app.outbox, booking.id, app.clock(), booking)
    return await reply.redirect(`/bookings/${token}`, 303)
  })

  app.post<Token>('/bookings/:token/refusal', async ({ params: { token } }, reply) => {
    const booking = await bookingByLink(app, links, token)
    // Pressed twice, or too late: they have no place, as they want it.
    if (liveStatuses.includes(booking.status)) {
      await refuseOffer(app.db, app.outbox, booking.id, app.clock(), booking)
    }
    return await reply.redirect(`/bookings/${token}`, 303)
  })

  // Their own booking says what they have and can do now.
  app.setErrorHandler(async (error, { params }, reply) => {
    const isAnswered = [BookingNotOpen, NothingOffered, OfferEnded, PlaceTaken].some(kind => error instanceof kind)
    if (!isAnswered) throw error
    const { token } = params as Token['Params']
    const booking = await bookingByLink(app, links, token)
    const notice = noticeOf(error as Error, booking, app.clock())
    return await showOwnBooking(app, reply.code(409), booking, token, { notice })
  })
}
