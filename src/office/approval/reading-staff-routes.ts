import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { confirming, effectsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { asking, form, query, refusing } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import type { Seal } from '../../platform/seal.ts'
import { officeZone } from '../../platform/clock.ts'
import { localDay } from '../../programme/activities/local-time.ts'
import { readCurrentActivities } from '../../programme/activities/current-activities.ts'
import { approveSeveral } from './approve-several.ts'
import { NotAllApproved } from './errors.ts'
import { listToRead } from './reading.ts'
import { doneReadingInWords, everythingToRead, readingAddress, readingPageOf } from './reading-staff-page.ts'
import { chosenToApprove, readingFields, readingFilter, severalForm } from './schema.ts'
import type { ReadingQuery } from './schema.ts'

type Reading = Asked & { filter: ReadingQuery }

/** All answers and versions that can be ticked on a page. */
const bodyLimit = 65_536

/** Reading what waits, whole and one after the other, and approving several at once after that. */
export const readingRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  requirePermission(app, 'approve activities')
  const address = '/approvals/reading'

  app.get(address, reading(async asked => await show(asked)))

  app.post(address, { bodyLimit }, reading(refusing(NotAllApproved, showObstacles, confirming(showEffects, form({
    schema: severalForm, fields: ['chosen'], again: show
  }, async ({ request, filter, input, reply }) => {
    const count = await approveSeveral({ db: app.db, outbox: app.outbox, seal }, input, staffOf(request), app.clock())
    return await reply.redirect(readingAddress(filter, { done: 'approved', n: String(count) }), 303)
  })))))

  async function show (
    { request, filter, query: { done, n }, body, reply }: Reading, errors?: FormErrors, sentences?: readonly string[]
  ): Promise<FastifyReply> {
    const staff = staffOf(request)
    const between = filter.day === undefined ? undefined : localDay(filter.day, officeZone)
    const during = between && { from: between.startsAt, until: between.endsAt }
    const found = await listToRead(app.db, staff, filter, during, filter.page)
    const versions = await readCurrentActivities(app.db, seal, found.toRead.map(({ slug }) => slug))
    return reply.page('office/approval/reading', {
      staff,
      ...readingPageOf(found, { versions, filter, chosen: chosenToApprove(body) }),
      errors: errors && sentences !== undefined ? { ...errors, list: sentences.map(text => ({ text, href: '#form' })) } : errors,
      done: errors === undefined ? doneReadingInWords(done, n) : undefined
    })
  }

  async function showObstacles (asked: Reading, { message, sentences }: NotAllApproved): Promise<FastifyReply> {
    return await show(asked, formError('form', message), sentences)
  }

  function showEffects ({ request, filter, body, reply }: Reading, required: ConfirmationRequired): FastifyReply {
    const chosen = chosenToApprove(body)
    return reply.page('office/approval/approve-several', {
      staff: staffOf(request),
      ...effectsOf(required),
      count: chosen.length,
      fields: chosen.map(value => ({ name: 'chosen', value })),
      action: readingAddress(filter),
      backHref: readingAddress(filter),
      backText: 'Back to what waits'
    })
  }

  /** Lets a route answer with what its address asks to see; what it does not understand is left out. */
  function reading (answer: (asked: Reading) => Promise<FastifyReply>) {
    return asking(query({
      schema: readingFilter,
      fields: readingFields,
      again: async asked => await answer({ ...asked, filter: everythingToRead })
    }, async asked => await answer({ ...asked, filter: asked.input })))
  }
}
