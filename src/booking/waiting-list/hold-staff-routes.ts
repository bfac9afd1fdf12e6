import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { anew, running } from '../../programme/activities/staff-routes.ts'
import type { Running, RunningAddress } from '../../programme/activities/staff-routes.ts'
import { HoldNotFound, HoldReturned } from '../holds/errors.ts'
import { hasReturned } from '../holds/hold.ts'
import type { Hold } from '../holds/hold.ts'
import { getHold } from '../holds/queries.ts'
import { holdChangeFields, holdChangeForm } from '../holds/schema.ts'
import { holdChangePageOf } from '../holds/staff-page.ts'
import { errorsOf } from '../holds/staff-routes.ts'
import { form } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { isId } from '../../platform/http/url-params.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { ConfirmationRequired, confirming } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { confirmationForm } from '../../identity/staff/schema.ts'
import { changeHold, effectsOfReturn, returnHold } from './holds.ts'
import { holdEffectsPageOf, holdReturnPageOf } from './hold-staff-page.ts'

interface HoldAddress extends RunningAddress { Params: { slug: string, hold: string } }

/** What is asked about a hold of an activity. */
type OfHold = Running<HoldAddress> & { hold: Hold }

/** One hold of an activity: changing it, and giving it back; where that reaches people, it says so first. */
export const oneHoldStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'run activities')
  await app.register(changeRoutes)
  await app.register(returnRoutes)
}

const changeRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/holds/:hold'

  app.get(address, ofHold(async asked => show(asked)))

  app.post(address, ofHold(confirming(showEffects, form({
    schema: holdChangeForm, fields: holdChangeFields, again: anew(showAgain), refused: errorsOf
  }, async ({ staff, activity, hold, input: { places, last_day: lastDay, confirmed }, reply }) => {
    await changeHold(app.db, app.outbox, hold.id, { places, lastDay, confirmed }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}/holds?done=changed`, 303)
  }))))

  /** As many places may have been claimed since as were to be taken away. */
  async function showAgain (asked: OfHold, errors: FormErrors): Promise<FastifyReply> {
    return show({ ...asked, hold: await getHold(app.db, asked.hold.id) }, errors)
  }

  function show ({ staff, activity, hold, body, reply }: OfHold, errors?: FormErrors): FastifyReply {
    const typed = errors && typedOf(body, holdChangeFields)
    const model = holdChangePageOf({ hold, activity, publicUrl: app.publicUrl }, app.clock(), typed, errors)
    return reply.page('booking/holds/hold', { staff, ...model })
  }

  function showEffects ({ staff, activity, hold, body, reply }: OfHold, required: ConfirmationRequired): FastifyReply {
    return reply.page('identity/staff/effects', { staff, ...holdEffectsPageOf(activity, hold.id, required, body) })
  }
}

const returnRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/holds/:hold/return'

  app.get(address, ofHold(async asked => await show(asked)))

  app.post(address, ofHold(confirming(showEffects, form({
    schema: confirmationForm, again: show
  }, async ({ staff, activity, hold, input: { confirmed }, reply }) => {
    await returnHold(app.db, app.outbox, hold.id, confirmed, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}/holds?done=returned`, 303)
  }))))

  async function show (asked: OfHold, errors?: FormErrors): Promise<FastifyReply> {
    const effects = await effectsOfReturn(app.db, asked.hold, asked.activity, app.clock())
    return showEffects(asked, new ConfirmationRequired(effects), errors)
  }

  function showEffects (
    { staff, activity, hold, reply }: OfHold, required: ConfirmationRequired, errors?: FormErrors
  ): FastifyReply {
    return reply.page('booking/holds/give-back', { staff, ...holdReturnPageOf(activity, hold, required, errors) })
  }
}

/** What is asked about the hold that an address names: it must belong to its activity and not have returned. */
function ofHold (answer: (asked: OfHold) => Promise<FastifyReply>) {
  return running<HoldAddress>(async asked => {
    const { activity, params, reply: { server: { db, clock } } } = asked
    if (!isId(params.hold)) throw new HoldNotFound()
    const hold = await getHold(db, params.hold)
    if (hold.activityId !== activity.id) throw new HoldNotFound()
    if (hasReturned(hold, clock())) throw new HoldReturned()
    return await answer({ ...asked, hold })
  })
}
