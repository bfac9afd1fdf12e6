import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { asking, form, query, refusing } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf, submissionIn } from '../../platform/http/form-answers.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isSlug } from '../../platform/http/url-params.ts'
import type { Seal } from '../../platform/seal.ts'
import { CampaignNotFound } from '../../programme/campaigns/errors.ts'
import { findKnownCampaign } from '../../programme/activities/known-campaign.ts'
import type { KnownCampaign } from '../../programme/activities/known-campaign.ts'
import { copyPageOf } from './copy-staff-page.ts'
import { copiesOf } from './copying.ts'
import { copyWeek, firstDayOfWeek, listCopyable } from './copy-week.ts'
import { NotAllOfThem } from './errors.ts'
import { chosenIn, copyFields, copyForm, copyQuestion } from './schema.ts'

interface CampaignAddress { Params: { slug: string } }

type Copying = Asked<CampaignAddress> & { staff: StaffMember, campaign: KnownCampaign }

/** Copying a campaign with its activities to other dates. */
export const copyStaffRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  requirePermission(app, 'edit what everyone reads')
  const address = '/campaigns/:slug/copy'

  const showing = query<Copying, ReturnType<typeof copyQuestion>>({
    schema: () => copyQuestion(today()), fields: copyFields, again: showWithout
  }, async ({ input: { firstDay }, ...asked }) => await show(asked, { firstDay }))

  app.get(address, copying(async asked =>
    Object.keys(asked.query).length === 0 ? await show(asked, {}) : await showing(asked)))

  app.post(address, { bodyLimit: 131_072 }, copying(form({
    schema: () => copyForm(today()), fields: [...copyFields, 'activities'], again: showWithout
  }, refusing(NotAllOfThem, showObstacles, async ({ staff, campaign, input, reply }) => {
    const { slug, count } = await copyWeek({ db: app.db, seal }, campaign.id, input, staff, app.clock())
    return await reply.redirect(`/staff/campaigns/${slug}/board?done=copied&n=${count}`, 303)
  }))))

  function today (): string {
    return app.clock().toFormat('yyyy-MM-dd')
  }

  /** Lets a route answer only about a campaign that there is. */
  function copying (answer: (asked: Copying) => Promise<FastifyReply>) {
    return asking<CampaignAddress>(async asked => {
      const { request, params: { slug } } = asked
      const staff = staffOf(request)
      const campaign = isSlug(slug) ? await findKnownCampaign(app.db, staff, slug) : undefined
      if (campaign === undefined) throw new CampaignNotFound()
      return await answer({ ...asked, staff, campaign })
    })
  }

  async function showWithout (asked: Copying, errors: FormErrors): Promise<FastifyReply> {
    return await show(asked, { errors })
  }

  async function showObstacles (
    asked: Copying & { input: { firstDay: string } }, { message, sentences }: NotAllOfThem
  ): Promise<FastifyReply> {
    const errors = formError('form', message)
    const list = sentences.length > 1 ? sentences.map(text => ({ text, href: '#form' })) : errors.list
    return await show(asked, { firstDay: asked.input.firstDay, errors: { ...errors, list } })
  }

  async function show (
    { staff, campaign, query, body, reply }: Copying, { firstDay, errors }: { firstDay?: string, errors?: FormErrors }
  ): Promise<FastifyReply> {
    const activities = await listCopyable(app.db, seal, campaign.id, staff)
    const from = firstDayOfWeek(campaign.firstDay, activities)
    const isPosted = reply.request.method === 'POST'
    const typed = typedOf(isPosted ? body : query, copyFields)
    const shift = firstDay === undefined ? undefined : { from: from ?? firstDay, to: firstDay }
    return reply.page('office/board/copy', {
      staff,
      ...copyPageOf({
        campaign,
        from,
        typed,
        preview: shift && { copies: copiesOf(activities, shift, app.clock()), shift },
        chosen: isPosted ? chosenIn(body) : undefined
      }),
      submission: submissionIn(body),
      errors
    })
  }
}
