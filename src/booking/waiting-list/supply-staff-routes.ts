import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { assertToCome, ListStillNeeded } from '../../programme/activities/errors.ts'
import { supplyFields, supplyForm } from '../../programme/activities/schema.ts'
import { anew, running } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { form } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { confirming } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { supplyEffectsPageOf, supplyPageOf } from './supply-staff-page.ts'
import { changeSupply } from './supply.ts'

/**
 * How many places an activity gives and how its waiting list works; if a change reaches people, a page says so first.
 */
export const supplyRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/places'

  app.get(address, running(async ({ staff, activity, reply }) => {
    assertToCome(activity, app.clock())
    return reply.page('booking/waiting-list/places', { staff, ...supplyPageOf(activity) })
  }))

  app.post(address, running(confirming(showEffects, form({
    schema: supplyForm,
    fields: supplyFields,
    again: anew(showAgain),
    refused: shownAt('waiting_list', ListStillNeeded)
  }, async ({ staff, activity, input, reply }) => {
    await changeSupply(app.db, app.outbox, activity.id, input, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}?done=places`, 303)
  }))))

  function showAgain ({ staff, activity, body, reply }: Running, errors: FormErrors): FastifyReply {
    const typed = typedOf(body, supplyFields)
    return reply.page('booking/waiting-list/places', { staff, ...supplyPageOf(activity, typed, errors) })
  }

  function showEffects ({ staff, activity, body, reply }: Running, required: ConfirmationRequired): FastifyReply {
    return reply.page('identity/staff/effects', { staff, ...supplyEffectsPageOf(activity, required, body) })
  }
}
