import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { listOtherDates } from '../../programme/activities/known-activities.ts'
import { running } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { form } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { ConfirmationRequired, confirming } from '../../identity/staff/confirmation.ts'
import type { Seal } from '../../platform/seal.ts'
import { effectsOfAnotherDate, makeAnotherDate } from './another-date.ts'
import { DateWrong } from './errors.ts'
import { anotherDateFields, anotherDateForm } from './schema.ts'
import { anotherDatePageOf } from './another-date-staff-page.ts'

/** Another date for those who wait. */
export const anotherDateRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  const address = '/activities/:slug/another-date'

  app.get(address, running(async asked => await show(asked)))

  app.post(address, running(confirming(showEffects, form({
    schema: ({ activity }) => anotherDateForm(activity, app.clock()),
    fields: anotherDateFields,
    again: show,
    refused: shownAt('date', DateWrong)
  }, async ({ staff, activity, input: { joinUrl, ...date }, reply }) => {
    const joinUrlSealed = joinUrl === undefined ? undefined : seal.close(joinUrl)
    const slug = await makeAnotherDate(app.db, app.outbox, activity.id, { ...date, joinUrlSealed }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${slug}?done=another-date`, 303)
  }))))

  async function show (asked: Running, errors?: FormErrors): Promise<FastifyReply> {
    const effects = await effectsOfAnotherDate(app.db, asked.activity)
    return await showEffects(asked, new ConfirmationRequired(effects), errors)
  }

  async function showEffects (
    { staff, activity, body, reply }: Running, required: ConfirmationRequired, errors?: FormErrors
  ): Promise<FastifyReply> {
    const dates = await listOtherDates(app.db, staff, activity)
    const typed = typedOf(body, anotherDateFields)
    const model = anotherDatePageOf({ activity, dates, required }, app.clock(), typed, errors)
    return reply.page('booking/waiting-list/another-date', { staff, ...model })
  }
}
