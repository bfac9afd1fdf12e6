import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import type { z } from 'zod'
import { confirming, effectsOf, hiddenFieldsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { asking, form, query } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, sentenceFor } from '../../platform/http/url-params.ts'
import { sendCsv } from '../../platform/http/download.ts'
import { officeZone } from '../../platform/clock.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'
import { askToSignInAgain } from '../../identity/staff/recent-sign-in.ts'
import { moveRequest, takeOutRequests } from './commands.ts'
import type { Moving } from './commands.ts'
import { RequestMoved, ResourceRequestNotFound } from './errors.ts'
import { findResourceRequest, listPackingDays, listResourceRequests, listToPack } from './queries.ts'
import type { ResourceRequest } from './request.ts'
import { requestFile } from './request-file.ts'
import { approvalForm, filterFields, filterForm, handingOverForm, packingDay, packingForm, quantityField, refusalForm } from './schema.ts'
import { hrefOf, mostListed, packingListsOf, requestPageOf, requestsPageOf, sheetOf } from './staff-page.ts'

interface Address { Params: { id: string } }
type OfRequest = Asked<Address> & { its: ResourceRequest }

const done = {
  approved: 'The request is approved.',
  packed: 'It is noted that it is packed.',
  'handed-over': 'It is noted as given out, and off the stock.',
  refused: 'The request is refused.'
}

const address = '/resources/requests/:id'

/** Requests for resources: deciding is for those who run them, packing for all of the partnership's staff. */
export const resourceRequestStaffRoutes: FastifyPluginAsync = async app => {
  await app.register(decidingRoutes)
  await app.register(packingRoutes)
}

const packingRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'pack resources')

  app.get('/resources', asking(query({
    schema: filterForm, again: async (asked) => await list(asked, filterForm.parse({}))
  }, async asked => await list(asked, asked.input))))

  app.get(address, ofRequest(async asked => show(asked)))

  app.get(`${address}/packing-list`, ofRequest(async ({ request, its, reply }) =>
    reply.page('office/resource-requests/packing-list', { staff: staffOf(request), sheet: sheetOf(its, app.clock()), href: hrefOf(its) })))

  app.get('/resources/packing-lists', asking(async ({ request, query, reply }) => {
    const days = await listPackingDays(app.db)
    const day = packingDay.parse(query).day ?? days[0]?.day
    const toPack = day === undefined ? [] : await listToPack(app.db, day)
    const model = packingListsOf(toPack, day, days, app.clock())
    return reply.page('office/resource-requests/packing-lists', { staff: staffOf(request), ...model })
  }))

  app.post(`${address}/packing`, moving('packed', ({ its }) => packingForm(its)))
  app.post(`${address}/handing-over`, moving('handed-over', () => handingOverForm))

  async function list ({ request, reply }: Asked, filter: z.output<typeof filterForm>): Promise<FastifyReply> {
    const model = requestsPageOf(await listResourceRequests(app.db, filter, mostListed), filter, app.clock())
    return reply.page('office/resource-requests/requests', { staff: staffOf(request), ...model })
  }
}

const decidingRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'run resources')

  app.post(`${address}/approval`, moving('approved', ({ its }) => approvalForm(its)))
  app.post(`${address}/refusal`, moving('refused', () =>
    refusalForm.transform(({ reason: message, ...given }) => ({ ...given, message }))))

  // A button and no link: taking people's details out is recorded, and a GET must not change anything.
  app.post('/resources/export', asking(form({
    schema: filterForm, again: async ({ reply }) => await reply.redirect('/staff/resources', 303)
  }, async ({ request, body, input, reply }) => {
    if (await askToSignInAgain(request, reply, `/staff/resources?${new URLSearchParams(typedOf(body, filterFields))}`)) return reply
    const now = app.clock()
    const file = requestFile(await takeOutRequests(app.db, input, staffOf(request), now))
    const name = `requests-${calendarDayOf(now, officeZone)}.csv`
    return await sendCsv(reply, name, file)
  })))
}

type Said = Pick<Moving, 'granted' | 'message' | 'confirmed'>

/** Brings a request to a status, once its effects have been read. */
function moving (to: Moving['to'], schemaFor: (asked: OfRequest) => z.ZodType<Said>) {
  return ofRequest(confirming(showEffects, form({
    schema: schemaFor,
    fields: ({ its }) => fieldsOf(its),
    again: show,
    refused: shownAt('form', RequestMoved)
  }, async ({ request, its, input, reply }) => {
    const { db, outbox, clock } = reply.server
    await moveRequest(db, outbox, { requestId: its.id, to, ...input }, staffOf(request), clock())
    return await reply.redirect(`${hrefOf(its)}?done=${to}`, 303)
  })))
}

function fieldsOf ({ items }: ResourceRequest): string[] {
  return [...items.map(({ resourceId }) => quantityField(resourceId)), 'message', 'reason']
}

async function show (asked: OfRequest, errors?: FormErrors): Promise<FastifyReply> {
  const { request, query: { done: said }, body, reply } = asked
  // After a refusal it may stand elsewhere than it did.
  const its = errors === undefined ? asked.its : await requestIn(asked)
  const tried = errors && { values: typedOf(body, fieldsOf(its)), errors }
  return reply.page('office/resource-requests/request', {
    staff: staffOf(request),
    ...requestPageOf(its, reply.server.clock(), tried),
    href: hrefOf(its),
    done: tried === undefined ? sentenceFor(done, said) : undefined
  })
}

function showEffects ({ request, its, body, reply }: OfRequest, required: ConfirmationRequired): FastifyReply {
  return reply.page('office/resource-requests/request-effects', {
    staff: staffOf(request),
    ...effectsOf(required),
    ...typedOf(body, ['message', 'reason']),
    fields: hiddenFieldsOf(body),
    action: request.url.split('?')[0],
    href: hrefOf(its)
  })
}

/** Lets a route answer only what is asked about a request that there is. */
function ofRequest (answer: (asked: OfRequest) => Promise<FastifyReply>) {
  return asking<Address>(async asked => await answer({ ...asked, its: await requestIn(asked) }))
}

async function requestIn ({ params: { id }, reply }: Asked<Address>): Promise<ResourceRequest> {
  const found = isId(id) ? await findResourceRequest(reply.server.db, id) : undefined
  if (found === undefined) throw new ResourceRequestNotFound()
  return found
}
