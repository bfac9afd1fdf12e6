import type { FastifyPluginAsync } from 'fastify'
import { anew, running } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { listAgencies } from '../../programme/campaigns/queries.ts'
import { DomainError } from '../../platform/errors.ts'
import { form } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { makeHold } from './commands.ts'
import { listHolds } from './queries.ts'
import { holdFields, holdForm } from './schema.ts'
import { holdsPageOf } from './staff-page.ts'

const done = {
  made: 'The places are kept. Pass the code on to the agency.',
  changed: 'The hold is changed.',
  returned: 'What was left of the hold has been given back.'
}

/** The field that each refusal is about; a refusal not listed is about none and has a page of its own. */
const fields: Readonly<Record<string, string>> = {
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

/** All holds of an activity, and the form for another. */
export const holdStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'run activities')
  const address = '/activities/:slug/holds'

  app.get(address, running(async asked => await show(asked)))

  app.post(address, running(form({
    schema: async () => holdForm(await listAgencies(app.db)),
    fields: holdFields,
    again: anew(show),
    refused: errorsOf
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

/** The refusal, beside the field that it is about; undefined for a refusal that has a page of its own. */
export function errorsOf (error: unknown): FormErrors | undefined {
  const field = error instanceof DomainError ? fields[error.refusal] : undefined
  return field === undefined ? undefined : formError(field, (error as DomainError).message)
}
