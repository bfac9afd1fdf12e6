import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { bookableNow } from '../../programme/activities/routes.ts'
import type { BookingLinks } from '../bookings/link.ts'
import type { BookingWithActivity } from '../bookings/queries.ts'
import { bookingByLink } from '../bookings/own-booking-routes.ts'
import { crowdRateLimit } from '../../platform/http/limits.ts'
import type { Seal } from '../../platform/seal.ts'
import { keepFromSearchEngines } from '../../platform/http/unlisted.ts'
import { joinWorkshop } from './commands.ts'
import { joinPageOf } from './page.ts'

interface Token { Params: { token: string } }

/**
 * The personal way into a workshop. The Teams link is only ever the answer to a pressed button: programs that scan
 * links in emails follow them, and some run the scripts behind them.
 */
export const joiningRoutes: FastifyPluginAsync<{ joinLinks: BookingLinks, seal: Seal }> = async (
  app, { joinLinks, seal }
) => {
  app.addHook('onRequest', keepFromSearchEngines)

  app.get<Token>('/join/:token', async ({ params: { token } }, reply) =>
    await show(reply, await bookingByLink(app, joinLinks, token), token))

  // A page that forwards by itself, and not a redirect: Chromium applies the `form-action` of the page with the button
  // to each redirect, also where Teams passes people on between hosts of its own.
  app.post<Token>('/join/:token', { config: { rateLimit: crowdRateLimit } }, async ({ params: { token } }, reply) => {
    const held = await bookingByLink(app, joinLinks, token)
    const { booking, joinUrlSealed } = await joinWorkshop(app.db, held.id, app.clock(), held)
    if (joinUrlSealed === undefined) return await show(reply.code(409), booking, token)
    return reply.header('referrer-policy', 'no-referrer')
      .page('booking/joining/on-your-way', { joinUrl: seal.open(joinUrlSealed), href: `/join/${token}` })
  })

  async function show (reply: FastifyReply, booking: BookingWithActivity, token: string): Promise<FastifyReply> {
    const model = joinPageOf(booking, token, app.clock())
    return reply.page('booking/joining/join', { ...model, others: model.isGone === true ? await bookableNow(app) : [] })
  }
}
