import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { confirming } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { form, refusing } from '../../platform/http/form.ts'
import { typedOf, versionHashIn } from '../../platform/http/form-answers.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import { aboutCampaign } from '../../programme/campaigns/campaign-address.ts'
import type { AboutCampaign } from '../../programme/campaigns/campaign-address.ts'
import { CampaignChanged } from '../../programme/campaigns/errors.ts'
import { basicsForm } from '../../programme/campaigns/schema.ts'
import type { Basics } from './basics.ts'
import { changeBasics } from './commands.ts'
import { findBasics } from './queries.ts'
import { basicsEffectsPageOf, basicsFields, basicsPageOf } from './staff-page.ts'
import type { TriedBasics } from './staff-page.ts'

/** What a campaign is, when it is and who runs it. */
export const campaignBasicsStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'edit what everyone reads')
  const address = '/campaigns/:slug/basics'

  app.get(address, aboutCampaign(app, async asked => await show(asked)))

  app.post(address, aboutCampaign(app, confirming(showEffects, form({
    schema: basicsForm, fields: basicsFields, again: showAgain
  }, refusing(CampaignChanged, showBeside, async ({ request, campaign: { slug }, input, reply }) => {
    const { edition: versionHash, confirmed, ...basics } = input
    await changeBasics(app.db, { slug, versionHash, confirmed }, basics, staffOf(request), app.clock())
    return await reply.redirect(`/staff/campaigns/${slug}/basics?done=saved`, 303)
  })))))

  async function show ({ request, campaign, query, reply }: AboutCampaign, tried?: TriedBasics): Promise<FastifyReply> {
    return reply.page('office/campaign-basics/basics', {
      staff: staffOf(request),
      ...basicsPageOf(campaign, await findBasics(app.db, campaign.id), tried),
      done: tried === undefined ? sentenceFor({ saved: 'Saved.' }, query.done) : undefined
    })
  }

  async function showAgain (asked: AboutCampaign, errors: FormErrors): Promise<FastifyReply> {
    const { body } = asked
    return await show(asked, { typed: typedOf(body, basicsFields), errors, versionHash: versionHashIn(body) })
  }

  /** Nothing that was typed is lost: the current state is shown beside it. */
  async function showBeside (
    asked: AboutCampaign & { input: Basics }, { message }: CampaignChanged
  ): Promise<FastifyReply> {
    const { body, input: mine } = asked
    return await show(asked, { typed: typedOf(body, basicsFields), errors: formError('form', message), mine })
  }

  function showEffects (
    { request, campaign, body, reply }: AboutCampaign, required: ConfirmationRequired
  ): FastifyReply {
    const model = basicsEffectsPageOf(campaign, required, body)
    return reply.page('identity/staff/effects', { staff: staffOf(request), ...model })
  }
}
