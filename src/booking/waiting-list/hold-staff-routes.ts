import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { running } from '../../programme/activities/staff-routes.ts'
import type { Running, RunningAddress } from '../../programme/activities/staff-routes.ts'
import { HoldNotFound, HoldReturned } from '../holds/errors.ts'
import { hasReturned } from '../holds/hold.ts'
import type { Hold } from '../holds/hold.ts'
import { getHold } from '../holds/queries.ts'
import { holdChangeFields, holdChangeForm } from '../holds/schema.ts'
import { holdChangePageOf } from '../holds/staff-page.ts'
import { errorsOf } from '../holds/staff-routes.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { isId } from '../../platform/http/url-params.ts'
import { formErrors } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { confirmationForm } from '../../identity/staff/schema.ts'
import { changeHold, effectsOfReturn, returnHold } from './holds.ts'
import { holdEffectsPageOf, holdReturnPageOf } from './staff-page.ts'

interface HoldAddress extends RunningAddress { Params: { slug: string, hold: string } }

/** One hold of an activity: changing it, and giving it back; where that reaches people, it says so first. */
export const oneHoldStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'run activities')
  await app.register(changeRoutes)
  await app.register(returnRoutes)
}

const changeRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/holds/:hold'

  // Must come before the routes below, which inherit it when they are registered.
  app.setErrorHandler(async (error, request, reply) => {
    if (error instanceof ConfirmationRequired) {
      return await running<HoldAddress>(async ({ staff, activity, params, body, reply }) => {
        const model = holdEffectsPageOf(activity, params.hold, error, body)
        return reply.page('identity/staff/effects', { staff, ...model })
      })(request, reply)
    }
    const errors = request.method === 'POST' ? errorsOf(error) : undefined
    if (errors === undefined) throw error
    return await running<HoldAddress>(async asked => await show(asked, 409, errors))(request, reply)
  })

  app.get(address, running<HoldAddress>(async asked => await show(asked, 200)))

  app.post(address, running<HoldAddress>(async asked => {
    const { staff, activity, body, reply } = asked
    const { id } = await current(asked)
    const read = holdChangeForm.safeParse(body)
    if (!read.success) return await show(asked, 400, formErrors(read.error, holdChangeFields))
    const { places, last_day: lastDay, confirmed } = read.data
    await changeHold(app.db, app.outbox, id, { places, lastDay, confirmed }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}/holds?done=changed`, 303)
  }))

  async function show (asked: Running<HoldAddress>, status: number, errors?: FormErrors): Promise<FastifyReply> {
    const { staff, activity, body, reply } = asked
    const hold = await current(asked)
    const typed = errors && typedOf(body, holdChangeFields)
    const model = holdChangePageOf({ hold, activity, publicUrl: app.publicUrl }, app.clock(), typed, errors)
    return reply.code(status).page('booking/holds/hold', { staff, ...model })
  }
}

const returnRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/holds/:hold/return'

  // Must come before the routes below, which inherit it when they are registered.
  app.setErrorHandler(async (error, request, reply) => {
    if (!(error instanceof ConfirmationRequired)) throw error
    return await running<HoldAddress>(async asked => await show(asked, { required: error }))(request, reply)
  })

  app.get(address, running<HoldAddress>(async asked => await show(asked)))

  app.post(address, running<HoldAddress>(async asked => {
    const { staff, activity, body, reply } = asked
    const { id } = await current(asked)
    const read = confirmationForm.safeParse(body)
    if (!read.success) return await show(asked, { errors: formErrors(read.error, []) })
    await returnHold(app.db, app.outbox, id, read.data.confirmed, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}/holds?done=returned`, 303)
  }))

  async function show (
    asked: Running<HoldAddress>, tried: { required?: ConfirmationRequired, errors?: FormErrors } = {}
  ): Promise<FastifyReply> {
    const { staff, activity, reply } = asked
    const hold = await current(asked)
    const { errors } = tried
    const required = tried.required ??
      new ConfirmationRequired(await effectsOfReturn(app.db, hold, activity, app.clock()))
    const model = holdReturnPageOf(activity, hold, required, errors)
    return reply.code(errors === undefined ? 200 : 400).page('booking/holds/give-back', { staff, ...model })
  }
}

/** Returns the hold that an address names, which must belong to its activity and not have returned. */
async function current ({ activity, params, reply }: Running<HoldAddress>): Promise<Hold> {
  const { db, clock } = reply.server
  if (!isId(params.hold)) throw new HoldNotFound()
  const hold = await getHold(db, params.hold)
  if (hold.activityId !== activity.id) throw new HoldNotFound()
  if (hasReturned(hold, clock())) throw new HoldReturned()
  return hold
}
