import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { running } from '../../programme/activities/staff-routes.ts'
import type { Running, RunningAddress } from '../../programme/activities/staff-routes.ts'
import { listAgencies } from '../../programme/campaigns/queries.ts'
import { DomainError } from '../../platform/errors.ts'
import type { Refusal } from '../../platform/errors.ts'
import { form } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { isId, sentenceFor } from '../../platform/http/in-address.ts'
import { formError, formErrors } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { allAre } from '../../identity/staff/roles.ts'
import { changeHold, makeHold, returnHold } from './commands.ts'
import { HoldNotFound, HoldReturned } from './errors.ts'
import { hasReturned } from './hold.ts'
import type { Hold } from './hold.ts'
import { getHold, listHolds } from './queries.ts'
import { holdChangeFields, holdChangeForm, holdFields, holdForm, holdReturnForm } from './schema.ts'
import { holdChangePageOf, holdReturnPageOf, holdsPageOf } from './staff-page.ts'

interface HoldAddress extends RunningAddress { Params: { slug: string, hold: string } }

const done = {
  made: 'The places are kept. Pass the code on to the agency.',
  changed: 'The hold is changed.',
  returned: 'What was left of the hold has been given back.'
}

/** Which field each refusal is about; what is not here is about none and has a page of its own. */
const fields: Partial<Record<Refusal, string>> = {
  'too-few-to-hold': 'places',
  'people-wait': 'places',
  'hold-claimed': 'places',
  'hold-ends-wrongly': 'last_day',
  'code-taken': 'code',
  'not-bookable': 'form',
  'booking-closed': 'form',
  'activity-cancelled': 'form',
  'activity-over': 'form'
}

/** Places kept for agencies. */
export const holdStaffRoutes: FastifyPluginAsync = async app => {
  allAre(app, 'run activities')
  await app.register(holdListRoutes)
  await app.register(oneHoldRoutes)
}

/** All holds of an activity, and the form for another. */
const holdListRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/holds'

  app.setErrorHandler(async (error, request, reply) => {
    const errors = request.method === 'POST' ? errorsOf(error) : undefined
    if (errors === undefined) throw error
    return await running(async asked => await show(asked, errors))(request, reply.code(409))
  })

  app.get(address, running(async asked => await show(asked)))

  app.post(address, running(form({
    schema: async () => holdForm(await listAgencies(app.db)), fields: holdFields, again: show
  }, async ({ staff, activity, input: { agency: agencyId, places, last_day: lastDay, code }, reply }) => {
    await makeHold(app.db, activity.id, { agencyId, places, lastDay, code }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}/holds?done=made`, 303)
  })))

  async function show ({ staff, activity, query, body, reply }: Running, errors?: FormErrors) {
    const [holds, agencies] = await Promise.all([listHolds(app.db, activity.id), listAgencies(app.db)])
    const typed = errors && { typed: typedOf(body, holdFields), errors }
    const model = holdsPageOf({ activity, holds, agencies, publicUrl: app.publicUrl }, app.clock(), typed)
    return reply.page('booking/holds/holds', { staff, ...model, done: sentenceFor(done, query.done) })
  }
}

/** One hold: changing it, and giving it back. */
const oneHoldRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/holds/:hold'
  const { publicUrl } = app

  app.setErrorHandler(async (error, request, reply) => {
    const errors = request.method === 'POST' ? errorsOf(error) : undefined
    if (errors === undefined) throw error
    return await running<HoldAddress>(async asked => await show(asked, errors))(request, reply.code(409))
  })

  app.get(address, running<HoldAddress>(async asked => await show(asked)))

  app.post(address, running<HoldAddress>(form({
    schema: holdChangeForm, fields: holdChangeFields, again: show
  }, async asked => {
    const { staff, activity, input: { places, last_day: lastDay }, reply } = asked
    const { id } = await standing(asked)
    await changeHold(app.db, app.outbox, id, { places, lastDay }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}/holds?done=changed`, 303)
  })))

  app.get(`${address}/return`, running<HoldAddress>(async asked => await askBack(asked, asked.reply)))

  app.post(`${address}/return`, running<HoldAddress>(async asked => {
    const { staff, activity, body, reply } = asked
    const { id } = await standing(asked)
    const read = holdReturnForm.safeParse(body)
    if (!read.success) return await askBack(asked, reply.code(400), formErrors(read.error, []))
    await returnHold(app.db, app.outbox, id, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}/holds?done=returned`, 303)
  }))

  async function show (asked: Running<HoldAddress>, errors?: FormErrors): Promise<FastifyReply> {
    const { staff, activity, body, reply } = asked
    const hold = await standing(asked)
    const typed = errors && typedOf(body, holdChangeFields)
    const model = holdChangePageOf({ hold, activity, publicUrl }, app.clock(), typed, errors)
    return reply.page('booking/holds/hold', { staff, ...model })
  }

  async function askBack (asked: Running<HoldAddress>, reply: FastifyReply, errors?: FormErrors) {
    const { staff, activity } = asked
    const hold = await standing(asked)
    return reply.page('booking/holds/give-back', { staff, ...holdReturnPageOf({ hold, activity, publicUrl }), errors })
  }

  /** The hold that an address names, which must be one of its activity and not have returned. */
  async function standing ({ activity, params }: Running<HoldAddress>): Promise<Hold> {
    if (!isId(params.hold)) throw new HoldNotFound()
    const hold = await getHold(app.db, params.hold)
    if (hold.activityId !== activity.id) throw new HoldNotFound()
    if (hasReturned(hold, app.clock())) throw new HoldReturned()
    return hold
  }
}

/** What a rule refused, beside the field that it is about; nothing for what has a page of its own. */
function errorsOf (error: unknown): FormErrors | undefined {
  const field = error instanceof DomainError ? fields[error.refusal] : undefined
  return field === undefined ? undefined : formError(field, (error as DomainError).message)
}
