import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { canonicalAddress } from '../../booking/bookings/address.ts'
import type { BookingLinks } from '../../booking/bookings/link.ts'
import type { BookingWithActivity } from '../../booking/bookings/queries.ts'
import { bookingByLink, keepFromSearchEngines } from '../../booking/bookings/routes.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { formError, formErrors } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { aFewLetters, aRoomful } from '../../platform/http/limits.ts'
import { notReached } from '../../platform/http/page-errors.ts'
import { isTrapped, noteTrapped, trapped } from '../../platform/http/trap.ts'
import { receiveRequest } from './commands.ts'
import { AnsweredBefore } from './errors.ts'
import { askedAt, askingPageOf, complaintPageOf } from './page.ts'
import type { AskedThere, Typed } from './page.ts'
import { findOpenRequest } from './queries.ts'
import { askingForm, complaintFields, complaintForm, objectionFields, objectionForm } from './schema.ts'

interface Token { Params: { token: string } }

/** What people ask of us about what we hold of them, and complaints. */
export const requestRoutes: FastifyPluginAsync<{ links: BookingLinks }> = async (app, { links }) => {
  await app.register(complaintRoutes)
  await app.register(askingRoutes, { links })
}

/** Complaining, for anybody. */
const complaintRoutes: FastifyPluginAsync = async app => {
  const countLetters = app.limitOn(aFewLetters)

  app.get('/complaints', async (_, reply) =>
    reply.page('office/requests/complain', complaintPageOf(randomUUID(), app.clock())))

  app.post('/complaints', { config: { rateLimit: aRoomful } }, async (request, reply) => {
    const now = app.clock()
    if (isTrapped(request.body)) {
      await noteTrapped(app.db, now.toJSDate())
      return showAgain(request, reply.code(400), formError('form', trapped))
    }
    const read = complaintForm.safeParse(request.body ?? {})
    if (!read.success) return showAgain(request, reply.code(400), formErrors(read.error, complaintFields))
    const { submission: submissionId, what_happened: text, name, email } = read.data
    await countLetters(canonicalAddress(email), request, reply)
    const asking = { submissionId, kind: 'complaint', name, email, text, receivedAt: now } as const
    await receiveRequest(app.db, app.outbox, asking, now)
    return await reply.redirect('/complaints/sent', 303)
  })

  app.get('/complaints/sent', async (_, reply) => reply.page('office/requests/complaint-sent'))

  app.setErrorHandler(async (error, request, reply) => {
    if (request.method !== 'POST') throw error
    if (!(error instanceof AnsweredBefore)) {
      return showAgain(request, app.awayFor(error as Error, request, reply), formError('form', notReached))
    }
    // What is sent next is a complaint of its own.
    return showAgain(request, reply.code(409), formError('form', error.message), randomUUID())
  })

  function showAgain (
    { body }: FastifyRequest, reply: FastifyReply, errors: FormErrors, renewed?: string
  ): FastifyReply {
    const { submission = randomUUID(), ...values } = typedOf(body, [...complaintFields, 'submission'])
    return reply.page('office/requests/complain', complaintPageOf(renewed ?? submission, app.clock(), { values, errors }))
  }
}

/**
 * Asking for a copy of what we hold, or to delete it, and objecting, from the page of one's own booking. Whoever
 * holds the link can ask: that is why somebody looks first, and answers to the address of the booking alone.
 */
const askingRoutes: FastifyPluginAsync<{ links: BookingLinks }> = async (app, { links }) => {
  app.addHook('onRequest', keepFromSearchEngines)
  const countLetters = app.limitOn(aFewLetters)

  for (const kind of Object.keys(askedAt) as AskedThere[]) {
    const address = `/bookings/:token/${askedAt[kind]}`

    app.get<Token>(address, async ({ params: { token } }, reply) =>
      await show(reply, kind, await bookingByLink(app, links, token), token))

    app.post<Token>(address, { config: { rateLimit: aRoomful } }, async (request, reply) => {
      const { token } = request.params
      const booking = await bookingByLink(app, links, token)
      const read = (kind === 'objection' ? objectionForm : askingForm).safeParse(request.body ?? {})
      if (!read.success) {
        const [values, errors] = [typedOf(request.body, objectionFields), formErrors(read.error, objectionFields)]
        return await show(reply.code(400), kind, booking, token, { values, errors })
      }
      const { name, email } = booking
      if (email === undefined) return await show(reply.code(409), kind, booking, token)
      const { submission: submissionId, why: text }: { submission: string, why?: string | undefined } = read.data
      const now = app.clock()
      await countLetters(booking.id, request, reply)
      const asking = { submissionId, kind, name, email, text, receivedAt: now }
      const typed = { values: { why: text }, errors: undefined }
      try {
        const { isAsAsked } = await receiveRequest(app.db, app.outbox, asking, now)
        // They have asked already, in other words: what they add is on the page, with where to send it.
        if (!isAsAsked) return await show(reply.code(409), kind, booking, token, typed)
      } catch (error) {
        if (!(error instanceof AnsweredBefore)) throw error
        const errors = formError('form', error.message)
        return await show(reply.code(409), kind, booking, token, { ...typed, errors })
      }
      return await reply.redirect(`/bookings/${token}/${askedAt[kind]}`, 303)
    })
  }

  async function show (
    reply: FastifyReply, kind: AskedThere, { email }: BookingWithActivity, token: string, typed?: Typed
  ): Promise<FastifyReply> {
    const open = email === undefined ? undefined : await findOpenRequest(app.db, canonicalAddress(email), kind)
    const asking = { kind, token, hasAddress: email !== undefined, open, submission: randomUUID() }
    return reply.page('office/requests/ask', askingPageOf(asking, app.clock(), typed))
  }
}
