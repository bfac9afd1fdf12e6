import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { canonicalAddress, mailboxOf } from '../../booking/bookings/address.ts'
import { addressQuestionOf, meantAddress, wantsAnother } from '../../booking/bookings/likely-address.ts'
import type { BookingLinks } from '../../booking/bookings/link.ts'
import { owning } from '../../booking/bookings/own-booking-routes.ts'
import type { Own } from '../../booking/bookings/own-booking-routes.ts'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { emailRateLimit, formRateLimit } from '../../platform/http/limits.ts'
import { untrapped } from '../../platform/http/trap.ts'
import { keepFromSearchEngines } from '../../platform/http/unlisted.ts'
import { receiveRequest } from './commands.ts'
import { AnsweredBefore } from './errors.ts'
import { askedAt, askingPageOf, complaintPageOf } from './page.ts'
import type { AskedThere, Typed } from './page.ts'
import { findOpenRequest } from './queries.ts'
import { askingForm, complaintFields, complaintForm, objectionFields, objectionForm } from './schema.ts'

/** People's requests about their data, and complaints. */
export const requestRoutes: FastifyPluginAsync<{ links: BookingLinks }> = async (app, { links }) => {
  await app.register(complaintRoutes)
  await app.register(askingRoutes, { links })
}

/** Complaining, open to anyone. */
const complaintRoutes: FastifyPluginAsync = async app => {
  const countEmails = app.limitEmailsTo('complain', emailRateLimit)

  app.setErrorHandler(async (error, request, reply) => {
    if (!(error instanceof AnsweredBefore)) throw error
    // The form gets a new id, so that what is sent next counts as new.
    const errors = formError('form', error.message)
    return await asking(async asked => showAgain(asked, errors, randomUUID()))(request, reply.code(409))
  })

  app.get('/complaints', async (_, reply) =>
    reply.page('office/requests/complain', complaintPageOf(randomUUID(), app.clock())))

  app.post('/complaints', { config: { rateLimit: formRateLimit } }, asking(untrapped(showAgain, form({
    schema: complaintForm, fields: complaintFields, again: showAgain
  }, async asked => {
    const { body, input: { submission: submissionId, what_happened: text, name, email: typed }, reply } = asked
    if (wantsAnother(body)) return showAgain(asked)
    const meant = meantAddress(typed, body)
    if ('suggested' in meant) {
      const question = addressQuestionOf(typed, meant.suggested, body)
      return reply.page('booking/bookings/check-address', { ...question, href: '/complaints', notYet: 'Your complaint is not sent yet.' })
    }
    const { email } = meant
    const now = app.clock()
    await countEmails(mailboxOf(email), reply)
    const complaint = { submissionId, kind: 'complaint', name, email, text, receivedAt: now } as const
    await receiveRequest(app.db, app.outbox, complaint, now)
    return await reply.redirect('/complaints/sent', 303)
  }))))

  app.get('/complaints/sent', async (_, reply) => reply.page('office/requests/complaint-sent'))

  function showAgain ({ body, reply }: Asked, errors?: FormErrors, renewed?: string): FastifyReply {
    const { submission = randomUUID(), ...values } = typedOf(body, [...complaintFields, 'submission'])
    return reply.page('office/requests/complain', complaintPageOf(renewed ?? submission, app.clock(), { values, errors }))
  }
}

/**
 * Asking for a copy of our data or its deletion, and objecting, from the page of one's own booking. Everyone who has
 * the link can ask: that is why a member of staff checks first, and answers only to the booking's address.
 */
const askingRoutes: FastifyPluginAsync<{ links: BookingLinks }> = async (app, { links }) => {
  app.addHook('onRequest', keepFromSearchEngines)
  const countEmails = app.limitOn('ask for what is one’s own', emailRateLimit)

  const own = owning(app, links)

  for (const kind of Object.keys(askedAt) as AskedThere[]) {
    const address = `/bookings/:token/${askedAt[kind]}`

    app.get(address, own(async asked => await show(kind, asked)))

    app.post(address, { config: { rateLimit: formRateLimit } }, own(form({
      schema: kind === 'objection' ? objectionForm : askingForm,
      fields: objectionFields,
      again: async (asked, errors) => await show(kind, asked, { values: typedOf(asked.body, objectionFields), errors }),
      refused: shownAt('form', AnsweredBefore)
    }, async asked => {
      const { booking, token, reply } = asked
      const { name, email } = booking
      if (email === undefined) return await show(kind, { ...asked, reply: reply.code(409) })
      const { submission: submissionId, why: text }: { submission: string, why?: string | undefined } = asked.input
      const now = app.clock()
      await countEmails(booking.id, reply)
      const { isAsAsked } = await receiveRequest(
        app.db, app.outbox, { submissionId, kind, name, email, text, receivedAt: now }, now)
      if (isAsAsked) return await reply.redirect(`/bookings/${token}/${askedAt[kind]}`, 303)
      // They have asked already, in other words: the page shows what they add, and where to send it.
      return await show(kind, { ...asked, reply: reply.code(409) }, { values: { why: text }, errors: undefined })
    })))
  }

  async function show (
    kind: AskedThere, { booking: { email }, token, reply }: Own, typed?: Typed
  ): Promise<FastifyReply> {
    const open = email === undefined ? undefined : await findOpenRequest(app.db, canonicalAddress(email), kind)
    const asking = { kind, token, hasAddress: email !== undefined, open, submission: randomUUID() }
    return reply.page('office/requests/ask', askingPageOf(asking, app.clock(), typed))
  }
}
