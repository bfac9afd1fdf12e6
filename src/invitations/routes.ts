import type { FastifyPluginAsync } from 'fastify'
import { bookability } from '../activities/booking-window.ts'
import { BookingNotFound } from '../bookings/errors.ts'
import { getBooking } from '../bookings/queries.ts'
import { entryOf } from './entry.ts'
import type { EntryParts } from './entry.ts'
import { invitation } from './invitation.ts'

/** The copy of an invitation that somebody takes from the page of their booking, where their mail made no entry. */
export const invitationRoutes: FastifyPluginAsync<{ entry: EntryParts }> = async (app, { entry }) => {
  app.get<{ Params: { token: string } }>('/bookings/:token/invitation.ics', async ({ params }, reply) => {
    reply.header('x-robots-tag', 'noindex')
    const id = entry.links.bookingIdOf(params.token)
    if (id === undefined) throw new BookingNotFound()
    const booking = await getBooking(app.db, id)
    const now = app.clock()
    const state = bookability(booking.activity, now)
    // An entry for what is cancelled, over or not yet theirs would be a promise that nobody keeps.
    if (booking.status !== 'confirmed' || state === 'cancelled' || state === 'over') throw new BookingNotFound()

    return await reply
      .headers({
        'content-type': 'text/calendar; charset=utf-8; method=PUBLISH',
        'content-disposition': 'attachment; filename="invitation.ics"'
      })
      .send(invitation('PUBLISH', entryOf(booking, app.helplines(), entry), now))
  })
}
