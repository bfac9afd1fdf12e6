import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { canonicalAddress } from '../bookings/address.ts'
import type { BookingLinks } from '../bookings/link.ts'
import type { BookingWithActivity } from '../bookings/queries.ts'
import { bookingByLink, keepFromSearchEngines } from '../bookings/routes.ts'
import { typedOf } from '../http/form-answers.ts'
import { formErrors } from '../http/form-errors.ts'
import { aFewLetters, aRoomful } from '../http/limits.ts'
import { receiveRequest } from './commands.ts'
import { askedAt, askingPageOf, complaintPageOf } from './page.ts'
import type { AskedThere, Typed } from './page.ts'
import { findOpenRequest } from './queries.ts'
import { askingForm, complaintFields, complaintForm, isTrapped, objectionFields, objectionForm } from './schema.ts'

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
    reply.page('requests/complain', complaintPageOf(randomUUID(), app.clock())))

  app.post('/complaints', { config: { rateLimit: aRoomful } }, async (request, reply) => {
    if (isTrapped(request.body)) return await reply.redirect('/complaints/sent', 303)
    const read = complaintForm.safeParse(request.body ?? {})
    if (!read.success) {
      const { submission = randomUUID(), ...values } = typedOf(request.body, [...complaintFields, 'submission'])
      const typed = { values, errors: formErrors(read.error, complaintFields) }
      return reply.code(400).page('requests/complain', complaintPageOf(submission, app.clock(), typed))
    }
    const { submission: submissionId, what_happened: text, ...who } = read.data
    const now = app.clock()
    await countLetters(canonicalAddress(who.email), request, reply)
    const asking = { submissionId, kind: 'complaint', text, receivedAt: now, ...who } as const
    await receiveRequest(app.db, app.outbox, asking, now)
    return await reply.redirect('/complaints/sent', 303)
  })

  app.get('/complaints/sent', async (_, reply) => reply.page('requests/complaint-sent'))
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
      await receiveRequest(app.db, app.outbox, asking, now)
      return await reply.redirect(`/bookings/${token}/${askedAt[kind]}`, 303)
    })
  }

  async function show (
    reply: FastifyReply, kind: AskedThere, { email }: BookingWithActivity, token: string, typed?: Typed
  ): Promise<FastifyReply> {
    const open = email === undefined ? undefined : await findOpenRequest(app.db, canonicalAddress(email), kind)
    const asking = { kind, token, hasAddress: email !== undefined, open, submission: randomUUID() }
    return reply.page('requests/ask', askingPageOf(asking, app.clock(), typed))
  }
}
