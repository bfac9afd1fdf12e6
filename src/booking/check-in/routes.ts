import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { crowdRateLimit } from '../../platform/http/limits.ts'
import { keepFromSearchEngines } from '../../platform/http/unlisted.ts'
import type { BookingLinks } from '../bookings/link.ts'
import { bookingByLink, owning } from '../bookings/own-booking-routes.ts'
import type { Own } from '../bookings/own-booking-routes.ts'
import type { CheckInCodes } from './code.ts'
import { checkIn } from './commands.ts'
import { NotCheckInTime, WrongCode } from './errors.ts'
import { checkInPageOf } from './page.ts'
import { checkInFields, checkInForm } from './schema.ts'

interface CheckInRoutes { links: BookingLinks, joinLinks: BookingLinks, checkInCodes: CheckInCodes }

/** How often someone may try with one booking: enough to misread a code a few times, and no way to find one. */
const tryLimit = { max: 10, timeWindow: 15 * 60_000 }

/**
 * Saying by a code that one was here, from the page of one's booking or the way into the workshop: without such a link
 * there is nothing to say. Only the page to which the code's picture leads is everyone's, and it is the same for all.
 */
export const checkInRoutes: FastifyPluginAsync<CheckInRoutes> = async (app, { links, joinLinks, checkInCodes }) => {
  app.get('/check-in', asking(({ reply }: Asked) => reply.page('booking/check-in/how-to-check-in', {})))

  await app.register(byLink, { prefix: '/bookings', links, checkInCodes })
  await app.register(byLink, { prefix: '/join', links: joinLinks, checkInCodes })
}

const byLink: FastifyPluginAsync<{ prefix: string, links: BookingLinks, checkInCodes: CheckInCodes }> = async (
  app, { prefix, links, checkInCodes }
) => {
  app.addHook('onRequest', keepFromSearchEngines)
  const own = owning(app, links)
  const countTries = app.limitOn('codes of a check-in', tryLimit)

  app.get('/:token/check-in', own(async asked => show(asked)))

  app.post('/:token/check-in', { config: { rateLimit: crowdRateLimit } }, own(form({
    schema: checkInForm,
    fields: checkInFields,
    again: async (asked, errors) => show({ ...asked, booking: await bookingByLink(app, links, asked.token) }, errors),
    refused: error => shownAt('code', WrongCode)(error) ?? shownAt('form', NotCheckInTime)(error)
  }, async ({ booking, token, input, reply }) => {
    await countTries(booking.id, reply)
    await checkIn(app.db, checkInCodes, booking.id, input.code, app.clock(), booking)
    return await reply.redirect(`${prefix}/${token}/check-in`, 303)
  })))

  function show ({ booking, token, body, reply }: Own, errors?: FormErrors): FastifyReply {
    const given = errors && { typed: typedOf(body, checkInFields).code, errors }
    return reply.page('booking/check-in/check-in', checkInPageOf(booking, `${prefix}/${token}`, app.clock(), given))
  }
}
