import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { form } from '../../platform/http/form.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import type { Seal } from '../../platform/seal.ts'
import { ConfirmationRequired, confirming, effectsOf } from '../../identity/staff/confirmation.ts'
import { may, requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { isForCoordinators } from '../../programme/activities/approval.ts'
import { findEntryOfActivity } from '../../programme/entries/queries.ts'
import { ApprovalNeeded } from '../../programme/activities/errors.ts'
import { runningOf } from '../../programme/activities/staff-page.ts'
import { anew, organising } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { shortMoment, whenInWords } from '../../programme/activities/when.ts'
import { ChangedSinceRead, NotReady } from '../editor/errors.ts'
import { effectsOfPublishing } from '../editor/publish.ts'
import { getCurrentActivity } from '../editor/queries.ts'
import { buttonForm, publishForm } from '../editor/schema.ts'
import { whatIsReadOf } from '../editor/staff-page.ts'
import { approveDraft, askForApproval, findRequest, isApprover, listToApprove, returnForChanges } from './ask.ts'
import { NotToBeApproved } from './errors.ts'
import { returnForm } from './schema.ts'
import { countToRead } from './reading.ts'
import { entryOf } from './reading-staff-page.ts'

const done = {
  asked: 'You have asked. A coordinator is emailed in office hours, and you are emailed what they decide.',
  approved: 'You have approved it, and it is published. Who asked is emailed.',
  returned: 'You have sent it back. Who asked is emailed why, and its organisers read it on its page.',
  'not-cancelled': 'It is not cancelled. Who entered it is emailed why.'
}

/** Where each kind of matter is decided, beneath the address of its activity, and how it is marked. */
const pages = { draft: 'approval', change: 'proposal', cancelling: 'withdrawal' } as const
const tags = {
  draft: undefined,
  change: { text: 'A change', classes: 'govuk-tag--blue' },
  cancelling: { text: 'To be cancelled', classes: 'govuk-tag--red' }
} as const

/** Of more than these a page of its own has filters. */
const mostListed = 50

/** Asking that a draft be approved, approving it, and sending it back. */
export const requestRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  const parts = { db: app.db, outbox: app.outbox, seal }
  const address = '/activities/:slug/approval'
  const refused = shownAt('form', NotToBeApproved, NotReady, ApprovalNeeded, ChangedSinceRead)

  await app.register(async app => {
    requirePermission(app, 'approve activities')

    app.get('/approvals', async (request, reply) => {
      const staff = staffOf(request)
      const all = await listToApprove(app.db, staff, app.clock())
      const waiting = all.slice(0, mostListed).map(({ slug, about, ...activity }) => ({
        ...activity,
        when: whenInWords(activity),
        tag: tags[about],
        href: `/staff/activities/${slug}/${pages[about]}`
      }))
      const { done: said } = request.query as { done?: unknown }
      return reply.page('office/approval/to-approve', {
        staff,
        waiting,
        hasToCancel: all.some(({ about }) => about === 'cancelling'),
        more: all.length - waiting.length,
        toRead: await countToRead(app.db, staff),
        done: sentenceFor(done, said)
      })
    })

    app.get(address, organising(async asked => await show(asked)))

    app.post(address, organising(confirming(async (asked, required) => await show(asked, undefined, required), form({
      schema: publishForm, again: anew(show), refused
    }, async ({ staff, activity, input: { confirmed, read }, reply }) => {
      await approveDraft(parts, activity.slug, { confirmed, read }, staff, app.clock())
      return await reply.redirect(`/staff/activities/${activity.slug}/approval?done=approved`, 303)
    }))))

    app.post(`${address}/return`, organising(form({
      schema: returnForm, fields: ['reason'], again: anew(show), refused
    }, async ({ staff, activity, input: { reason }, reply }) => {
      await returnForChanges(parts, activity.slug, reason, staff, app.clock())
      // It may be another agency's draft, which a coordinator reads only while it waits for them.
      return await reply.redirect('/staff/approvals?done=returned', 303)
    })))
  })

  await app.register(async app => {
    requirePermission(app, 'run activities')
    app.post(`${address}/request`, organising(form({ schema: buttonForm, again: anew(show), refused },
      async ({ staff, activity, reply }) => {
        await askForApproval(parts, activity.slug, staff, app.clock())
        return await reply.redirect(`/staff/activities/${activity.slug}/approval?done=asked`, 303)
      })))
  })

  async function show (
    { staff, activity, body, query, reply }: Running, errors?: FormErrors, confirmation?: ConfirmationRequired
  ): Promise<FastifyReply> {
    const of = { campaignId: activity.campaign.id, district: activity.district, visibility: activity.visibility }
    const [request, mayApprove, isNeeded, effects, entry, current] = await Promise.all([
      findRequest(app.db, activity.id), isApprover(app.db, of, staff), isForCoordinators(app.db, of, staff),
      effectsOfPublishing(app.db, activity.id, app.clock()), findEntryOfActivity(app.db, activity.id),
      getCurrentActivity(app.db, seal, activity.slug)
    ])
    const { reason } = body as { reason?: unknown }
    return reply.page('office/approval/approval', {
      staff,
      ...runningOf(activity),
      ...effectsOf(confirmation ?? new ConfirmationRequired(effects)),
      read: whatIsReadOf(activity, current),
      entry: entry && entryOf(entry),
      isDraft: activity.status === 'draft',
      request: request && { ...request, asked: shortMoment(request.askedAt, activity.zone) },
      mayApprove: mayApprove && request !== undefined && request.returned === undefined,
      mayAsk: isNeeded && may(staff, 'run activities', activity) && (request === undefined || request.returned !== undefined),
      reason: typeof reason === 'string' ? reason : '',
      errors,
      done: errors === undefined ? sentenceFor(done, query.done) : undefined
    })
  }
}
