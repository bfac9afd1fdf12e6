import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { DateTime } from 'luxon'
import { perPage } from '../../programme/activities/staff-page.ts'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { formError, formErrors } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, pageNumber, sentenceFor } from '../../platform/http/url-params.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { ConfirmationRequired, effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { answerRequest, noteToldOtherwise, receiveRequest } from './commands.ts'
import { AnsweredBefore, RequestAnswered, RequestNotFound } from './errors.ts'
import type { Typed } from './page.ts'
import { getRequest, listAnsweredRequests, listOpenRequests, listUntoldRequests } from './queries.ts'
import { zone } from './request.ts'
import { answerFields, answerForm, recordFields, recordForm } from './schema.ts'
import { answeredPageOf, openPageOf, recordPageOf, requestPageOf } from './staff-page.ts'

interface Listed { Querystring: { view?: unknown, page?: unknown, done?: unknown } }
interface Address { Params: { id: string }, Querystring: { done?: unknown } }

const done = {
  recorded: 'It is written down. They get an email that says we have it.',
  'recorded-before': 'This was written down before, and waits for an answer: this is it. Nothing was added.',
  answered: 'The answer is saved.',
  told: 'It is noted that you have told them.',
  erased: 'Everything we hold about this person is being deleted.'
}

/** People's requests about their data, and complaints: reading, entering, answering. */
export const requestStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'answer for personal data')

  app.get<Listed>('/requests', async (request, reply) => {
    const now = app.clock()
    const shown = { staff: staffOf(request), done: sentenceFor(done, request.query.done) }
    if (request.query.view !== 'answered') {
      const [open, untold] = await Promise.all([listOpenRequests(app.db), listUntoldRequests(app.db)])
      return reply.page('office/requests/requests', { ...shown, ...openPageOf({ open, untold }, now) })
    }
    const page = pageNumber(request.query.page)
    const found = await listAnsweredRequests(app.db, { skip: (page - 1) * perPage, take: perPage })
    return reply.page('office/requests/requests', { ...shown, ...answeredPageOf({ ...found, page }, now) })
  })

  await app.register(recordRoutes)
  await app.register(answerRoutes)
}

/** Entering a request that came by phone, by post or by an email from the person. */
const recordRoutes: FastifyPluginAsync = async app => {
  app.setErrorHandler(async (error, request, reply) => {
    if (!(error instanceof AnsweredBefore)) throw error
    // The form gets a new id, so that what is sent next counts as new.
    return await asking(async asked =>
      showAgain(asked, formError('form', error.message), randomUUID()))(request, reply.code(409))
  })

  app.get('/requests/new', async (request, reply) =>
    reply.page('office/requests/request-new', { staff: staffOf(request), ...recordPageOf(randomUUID()) }))

  app.post('/requests/new', asking(form({
    schema: () => recordForm(today()), fields: recordFields, again: showAgain
  }, async ({ request, input, reply }) => {
    const now = app.clock()
    const { submission: submissionId, what_happened: text, received, ...asked } = input
    const receivedAt = received === today() ? now : DateTime.fromISO(received, { zone }).toUTC() as DateTime<true>
    const { id, isNew } = await receiveRequest(
      app.db, app.outbox, { submissionId, text, receivedAt, ...asked }, now, staffOf(request))
    return await reply.redirect(`/staff/requests/${id}?done=${isNew ? 'recorded' : 'recorded-before'}`, 303)
  })))

  function today (): string {
    return app.clock().setZone(zone).toFormat('yyyy-MM-dd')
  }

  function showAgain ({ request, body, reply }: Asked, errors: FormErrors, renewed?: string): FastifyReply {
    const { submission = randomUUID(), ...values } = typedOf(body, [...recordFields, 'submission'])
    const model = recordPageOf(renewed ?? submission, { values, errors })
    return reply.page('office/requests/request-new', { staff: staffOf(request), ...model })
  }
}

/** One request, and our answer to it, whose effects are shown first. */
const answerRoutes: FastifyPluginAsync = async app => {
  app.get<Address>('/requests/:id', async (request, reply) => await show(request, reply))

  app.post<Address>('/requests/:id', async (request, reply) => {
    const id = idOf(request)
    const read = answerForm.safeParse(request.body ?? {})
    if (!read.success) {
      return await show(request, reply.code(400), typedIn(request, formErrors(read.error, answerFields)))
    }
    const { told_by: toldBy, ...given } = read.data
    const answer = { requestId: id, toldBy, ...given }
    try {
      await answerRequest(app.db, app.outbox, answer, staffOf(request), app.clock())
    } catch (error) {
      if (error instanceof ConfirmationRequired) return showEffects(request, reply, error)
      if (!(error instanceof RequestAnswered)) throw error
      return await show(request, reply.code(409), typedIn(request, formError('form', error.message)))
    }
    return await reply.redirect(`/staff/requests/${id}?done=answered`, 303)
  })

  app.post<Address>('/requests/:id/told', async (request, reply) => {
    const id = idOf(request)
    await noteToldOtherwise(app.db, id, staffOf(request), app.clock())
    return await reply.redirect(`/staff/requests/${id}?done=told`, 303)
  })

  async function show (request: FastifyRequest<Address>, reply: FastifyReply, typed?: Typed): Promise<FastifyReply> {
    const model = requestPageOf(await getRequest(app.db, idOf(request)), app.clock(), typed)
    return reply.page('office/requests/request', {
      staff: staffOf(request), ...model, done: typed === undefined && sentenceFor(done, request.query.done)
    })
  }

  function showEffects (
    request: FastifyRequest<Address>, reply: FastifyReply, required: ConfirmationRequired
  ): FastifyReply {
    const href = `/staff/requests/${idOf(request)}`
    return reply.page('office/requests/request-effects', {
      staff: staffOf(request),
      ...effectsOf(required),
      ...typedOf(request.body, ['answer']),
      fields: hiddenFieldsOf(request.body),
      action: href,
      href
    })
  }
}

function typedIn ({ body }: FastifyRequest, errors: Typed['errors']): Typed {
  return { values: typedOf(body, answerFields), errors }
}

function idOf ({ params: { id } }: FastifyRequest<Address>): string {
  if (!isId(id)) throw new RequestNotFound()
  return id.toLowerCase()
}
