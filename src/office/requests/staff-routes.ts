import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { DateTime } from 'luxon'
import { addressQuestionOf, meantAddress, wantsAnother } from '../../booking/bookings/likely-address.ts'
import { asking, form, refusing } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, pageNumber, sentenceFor } from '../../platform/http/url-params.ts'
import { perPage } from '../../platform/http/pagination.ts'
import { officeZone } from '../../platform/clock.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { confirming, effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { answerRequest, noteToldOtherwise, receiveRequest } from './commands.ts'
import { AnsweredBefore, ExtendedAlready, NoMoreTime, RequestAnswered, RequestNotFound } from './errors.ts'
import { extendRequest } from './extend.ts'
import { noMoreTimeFor } from './extending.ts'
import { extensionPageOf } from './extension-page.ts'
import { getRequest, listAnsweredRequests, listOpenRequests, listUntoldRequests } from './queries.ts'
import { answerFields, answerForm, extensionFields, extensionForm, recordFields, recordForm } from './schema.ts'
import { answeredPageOf, openPageOf, recordPageOf, requestPageOf } from './staff-page.ts'

interface Listed { Querystring: { view?: unknown, page?: unknown, done?: unknown } }
interface Address { Params: { id: string } }

const done = {
  recorded: 'It is written down. They get an email that says we have it.',
  'recorded-before': 'This was written down before, and waits for an answer: this is it. Nothing was added.',
  answered: 'The answer is saved.',
  told: 'It is noted that you have told them.',
  extended: 'We have more time for this now.',
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
  await app.register(extensionRoutes)
}

/** Entering a request that came by phone, by post or by an email from the person. */
const recordRoutes: FastifyPluginAsync = async app => {
  app.get('/requests/new', async (request, reply) =>
    reply.page('office/requests/request-new', { staff: staffOf(request), ...recordPageOf(randomUUID()) }))

  app.post('/requests/new', asking(form({
    schema: () => recordForm(today()), fields: recordFields, again: showAgain
  }, refusing(AnsweredBefore, showNew, async asked => {
    const { request, body, input, reply } = asked
    if (wantsAnother(body)) return showAgain(asked)
    const meant = meantAddress(input.email, body)
    if ('suggested' in meant) {
      const question = addressQuestionOf(input.email, meant.suggested, body)
      return reply.page('office/requests/check-address', { staff: staffOf(request), ...question })
    }
    const now = app.clock()
    const { submission: submissionId, what_happened: text, received, kind, name } = input
    const receivedAt = received === today()
      ? now
      : DateTime.fromISO(received, { zone: officeZone }).toUTC() as DateTime<true>
    const { id, isNew } = await receiveRequest(
      app.db, app.outbox, { submissionId, kind, name, email: meant.email, text, receivedAt }, now, staffOf(request))
    return await reply.redirect(`/staff/requests/${id}?done=${isNew ? 'recorded' : 'recorded-before'}`, 303)
  }))))

  function today (): string {
    return calendarDayOf(app.clock(), officeZone)
  }

  /** What was sent before gets a new id, so that what is sent next counts as new. */
  function showNew (asked: Asked, { message }: AnsweredBefore): FastifyReply {
    return showAgain(asked, formError('form', message), randomUUID())
  }

  function showAgain ({ request, body, reply }: Asked, errors?: FormErrors, renewed?: string): FastifyReply {
    const { submission = randomUUID(), ...values } = typedOf(body, [...recordFields, 'submission'])
    const model = recordPageOf(renewed ?? submission, { values, errors })
    return reply.page('office/requests/request-new', { staff: staffOf(request), ...model })
  }
}

/** What is asked about a request. */
type OfRequest = Asked<Address> & { id: string }

/** One request, and our answer to it, whose effects are shown first. */
const answerRoutes: FastifyPluginAsync = async app => {
  app.get('/requests/:id', ofRequest(async asked => await show(asked)))

  app.post('/requests/:id', ofRequest(confirming(showEffects, form({
    schema: answerForm, fields: answerFields, again: show, refused: shownAt('form', RequestAnswered)
  }, async ({ request, id, input: { told_by: toldBy, ...given }, reply }) => {
    const answer = { requestId: id, toldBy, ...given }
    await answerRequest(app.db, app.outbox, answer, staffOf(request), app.clock())
    return await reply.redirect(`/staff/requests/${id}?done=answered`, 303)
  }))))

  app.post('/requests/:id/told', ofRequest(async ({ request, id, reply }) => {
    await noteToldOtherwise(app.db, id, staffOf(request), app.clock())
    return await reply.redirect(`/staff/requests/${id}?done=told`, 303)
  }))

  async function show ({ request, id, query, body, reply }: OfRequest, errors?: FormErrors): Promise<FastifyReply> {
    const typed = errors && { values: typedOf(body, answerFields), errors }
    const model = requestPageOf(await getRequest(app.db, id), app.clock(), typed)
    return reply.page('office/requests/request', {
      staff: staffOf(request), ...model, done: typed === undefined && sentenceFor(done, query.done)
    })
  }

  function showEffects ({ request, id, body, reply }: OfRequest, required: ConfirmationRequired): FastifyReply {
    const href = `/staff/requests/${id}`
    return reply.page('office/requests/request-effects', {
      staff: staffOf(request),
      ...effectsOf(required),
      ...typedOf(body, ['answer']),
      fields: hiddenFieldsOf(body),
      action: href,
      href
    })
  }
}

/** Taking more time for a request, whose effects are shown first. */
const extensionRoutes: FastifyPluginAsync = async app => {
  app.get('/requests/:id/extension', ofRequest(async asked => await show(asked)))

  app.post('/requests/:id/extension', ofRequest(confirming(showEffects, form({
    schema: extensionForm,
    fields: extensionFields,
    again: show,
    refused: shownAt('form', RequestAnswered, ExtendedAlready, NoMoreTime)
  }, async ({ request, id, input: { told_by: toldBy, ...given }, reply }) => {
    await extendRequest(app.db, app.outbox, { requestId: id, toldBy, ...given }, staffOf(request), app.clock())
    return await reply.redirect(`/staff/requests/${id}?done=extended`, 303)
  }))))

  async function show ({ request, id, body, reply }: OfRequest, errors?: FormErrors): Promise<FastifyReply> {
    const found = await getRequest(app.db, id)
    const now = app.clock()
    const refusal = errors === undefined ? noMoreTimeFor(found, now) : undefined
    if (refusal !== undefined) throw refusal
    const typed = errors && { values: typedOf(body, extensionFields), errors }
    return reply.page('office/requests/request-extension', {
      staff: staffOf(request), ...extensionPageOf(found, now, typed)
    })
  }

  function showEffects ({ request, id, body, reply }: OfRequest, required: ConfirmationRequired): FastifyReply {
    const href = `/staff/requests/${id}`
    return reply.page('office/requests/extension-effects', {
      staff: staffOf(request),
      ...effectsOf(required),
      ...typedOf(body, ['reason']),
      fields: hiddenFieldsOf(body),
      action: `${href}/extension`,
      href
    })
  }
}

/** What is asked about the request that an address names. */
function ofRequest (answer: (asked: OfRequest) => Promise<FastifyReply>) {
  return asking<Address>(async asked => {
    const { id } = asked.params
    if (!isId(id)) throw new RequestNotFound()
    return await answer({ ...asked, id: id.toLowerCase() })
  })
}
