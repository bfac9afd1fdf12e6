import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { emailRateLimit, formRateLimit } from '../../platform/http/limits.ts'
import { mailboxOf } from './address.ts'
import { bookingFormRoutes } from './booking-form-routes.ts'
import type { BookingForm } from './booking-form-routes.ts'
import { requestLinks } from './find-my-booking.ts'
import { addressQuestionOf, meantAddress, wantsAnother } from './likely-address.ts'
import type { BookingLinks } from './link.ts'
import { ownBookingRoutes } from './own-booking-routes.ts'
import { valuesOf } from './page.ts'
import { findMyBookingForm } from './schema.ts'

/** Booking, the page of one's own booking, and the forms on both. */
export const bookingRoutes: FastifyPluginAsync<BookingForm & { links: BookingLinks }> = async (
  app, { links, ...form }
) => {
  await app.register(bookingFormRoutes, form)
  await app.register(ownBookingRoutes, { links })
  await app.register(findMyBookingRoutes)
}

/**
 * Longer than announcing an email takes: the answer for an address that has bookings comes no later than for one
 * without.
 */
const answerMs = 400

const findMyBookingRoutes: FastifyPluginAsync = async app => {
  const countEmails = app.limitEmailsTo('find my booking', emailRateLimit)

  app.get('/find-my-booking', asking(async asked => show(asked)))

  app.post('/find-my-booking', { config: { rateLimit: formRateLimit } }, asking(form({
    schema: findMyBookingForm, fields: ['email'], again: show
  }, async asked => {
    const { body, input, reply } = asked
    if (wantsAnother(body)) return show(asked)
    const meant = meantAddress(input.email, body)
    if ('suggested' in meant) {
      const question = addressQuestionOf(input.email, meant.suggested, body)
      return reply.page('booking/bookings/check-address', { ...question, href: '/find-my-booking' })
    }
    await countEmails(mailboxOf(meant.email), reply)
    await Promise.all([requestLinks(app.db, app.outbox, meant.email, app.clock()), sleep(answerMs)])
    return await reply.redirect('/find-my-booking/sent', 303)
  })))

  app.get('/find-my-booking/sent', async (_, reply) => reply.page('booking/bookings/link-sent'))

  function show ({ body, reply }: Asked, errors?: FormErrors): FastifyReply {
    return reply.page('booking/bookings/find-my-booking', { values: valuesOf(body), errors })
  }
}
