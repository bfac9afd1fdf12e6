import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { requirePermission } from '../../identity/staff/roles.ts'
import { form, refusing } from '../../platform/http/form.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { Seal } from '../../platform/seal.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { organising } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { shortMoment, whenInWords } from '../../programme/activities/when.ts'
import { isCancellingAsked } from '../../programme/entries/entry.ts'
import { EntryMoved } from '../../programme/entries/errors.ts'
import { findEntryOfActivity } from '../../programme/entries/queries.ts'
import { entryOf } from '../approval/reading-staff-page.ts'
import { notCancelledForm } from './form-schema.ts'
import { notCancel } from './not-cancel.ts'

/** What someone entered and asks to have cancelled where people have booked: the way to that, and saying no. */
export const cancellingRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  requirePermission(app, 'run activities')
  const parts = { db: app.db, outbox: app.outbox, seal }
  const address = '/activities/:slug/withdrawal'

  app.get(address, organising(async asked => await show(asked)))

  app.post(address, organising(refusing(EntryMoved, async (asked, { message }) =>
    await show(asked, formError('form', message)), form({
    schema: notCancelledForm, fields: ['reason'], again: show
  }, async ({ staff, activity, input: { reason }, reply }) => {
    const entry = await findEntryOfActivity(app.db, activity.id)
    if (entry === undefined) throw new EntryMoved()
    await notCancel(parts, { id: entry.id, reason }, staff, app.clock())
    return await reply.redirect('/staff/approvals?done=not-cancelled', 303)
  }))))

  async function show ({ staff, activity, body, reply }: Running, errors?: FormErrors): Promise<FastifyReply> {
    const entry = await findEntryOfActivity(app.db, activity.id)
    const { reason } = body as { reason?: unknown }
    const isAsked = entry !== undefined && isCancellingAsked(entry) && app.clock() < activity.endsAt
    return reply.page('office/entries/cancelling', {
      staff,
      ...runningOf(activity),
      ...isAsked && {
        entry: entryOf(entry),
        asked: entry.cancellingAskedAt && shortMoment(entry.cancellingAskedAt, activity.zone)
      },
      when: whenInWords(activity),
      reason: typeof reason === 'string' ? reason : '',
      errors
    })
  }
}
