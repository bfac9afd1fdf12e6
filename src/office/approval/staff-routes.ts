import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { form } from '../../platform/http/form.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import type { Seal } from '../../platform/seal.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { ApprovalNeeded } from '../../programme/activities/errors.ts'
import { findActivityKnownTo } from '../../programme/activities/known-activities.ts'
import { anew, organising } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { buttonForm } from '../editor/schema.ts'
import { areaRoutes } from './areas-staff-routes.ts'
import { coordinatorRoutes } from './coordinators-staff-routes.ts'
import { digestRoutes } from './digests-staff-routes.ts'
import { proposalRoutes } from './proposals-staff-routes.ts'
import { readingRoutes } from './reading-staff-routes.ts'
import { requestRoutes } from './requests-staff-routes.ts'
import { agreeToRelease, askToRelease, endRelease, findRelease } from './release.ts'
import { releasePageOf } from './release-staff-page.ts'
import { NotToBeReleased } from './errors.ts'

const done = {
  asked: 'You have asked. Nobody is emailed: tell someone who may agree.',
  agreed: 'Everyone can see it now.',
  ended: 'It is kept from the public, and nobody asks to show it.'
}

/** What a coordinator approves before everyone sees it, and what two people have to agree to. */
export const approvalStaffRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  await app.register(releaseRoutes, { seal })
  await app.register(requestRoutes, { seal })
  await app.register(readingRoutes, { seal })
  await app.register(proposalRoutes, { seal })
  await app.register(coordinatorRoutes)
  await app.register(areaRoutes)
  await app.register(digestRoutes)
}

/** Showing everyone a disruption or compliance visit that is over: one person asks, another agrees. */
const releaseRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  requirePermission(app, 'run activities')
  const address = '/activities/:slug/release'
  const parts = { db: app.db, outbox: app.outbox, seal }

  app.get(address, organising(async asked => await show(asked)))

  for (const [at, said, command] of [
    [address, 'asked', askToRelease], [`${address}/agreement`, 'agreed', agreeToRelease],
    [`${address}/end`, 'ended', endRelease]
  ] as const) {
    app.post(at, organising(form({
      schema: buttonForm, again: anew(show), refused: shownAt('form', NotToBeReleased, ApprovalNeeded)
    }, async ({ staff, activity, reply }) => {
      await command(parts, activity.slug, staff, app.clock())
      // Who was never named may hide it, and then knows of it no more.
      const knows = await findActivityKnownTo(app.db, staff, activity.slug) !== undefined
      const href = `/staff/activities/${activity.slug}/release?done=${said}`
      return await reply.redirect(knows ? href : '/staff/activities', 303)
    })))
  }

  async function show ({ staff, activity, query, reply }: Running, errors?: FormErrors): Promise<FastifyReply> {
    const release = await findRelease(app.db, activity.id)
    return reply.page('office/approval/release', {
      staff,
      ...releasePageOf({ staff, activity, release }, app.clock(), errors),
      done: errors === undefined ? sentenceFor(done, query.done) : undefined
    })
  }
}
