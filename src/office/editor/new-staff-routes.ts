import { randomUUID } from 'node:crypto'
import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import type { CurrentActivity } from '../../programme/activities/draft.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { activityFor } from '../../programme/activities/staff-routes.ts'
import { asking, form } from '../../platform/http/form.ts'
import { submissionIn } from '../../platform/http/form-answers.ts'
import type { Asked } from '../../platform/http/form.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { Seal } from '../../platform/seal.ts'
import { activityFields, answersOf } from './answers.ts'
import type { Answers } from './answers.ts'
import { createActivity } from './create.ts'
import { begunIn, emptyAnswers, newDraft, withoutDays } from './new-draft.ts'
import { getCurrentActivity, listCampaigns, surroundingsFor } from './queries.ts'
import { bodyLimit, newForm, typedAnswers } from './schema.ts'
import { newPageOf, refusedAnswers } from './staff-page.ts'

/** The answers of an activity that is copied, with a secret place only for those who are told it. */
function answersFor (like: CurrentActivity, copied: KnownActivity | undefined): Answers {
  return { ...answersOf(like), ...copied?.untold !== undefined && { venue: '' } }
}

/** Making an activity, from an empty form or as a copy of another: always a draft. */
export const newRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  requirePermission(app, 'create activities')
  const address = '/activities/new'

  app.get(address, asking(async asked => {
    const { request, query: { from, campaign } } = asked
    const copied = typeof from === 'string' ? await activityFor(request, from) : undefined
    const like = copied === undefined ? undefined : await getCurrentActivity(app.db, seal, copied.slug)
    return await show(asked, {
      campaign: copied?.campaign.slug ?? (typeof campaign === 'string' ? campaign : undefined),
      answers: like === undefined ? begunIn(asked.query) : withoutDays(answersFor(like, copied)),
      copied,
      submission: randomUUID()
    })
  }))

  app.post(address, { bodyLimit }, asking(form({
    schema: newForm, fields: activityFields, again: showAgain, refused: refusedAnswers
  }, async asked => {
    const { request, input: { typed: answers, campaign: slug, copied: from, submission }, reply } = asked
    const staff = staffOf(request)
    const campaign = (await listCampaigns(app.db)).find(campaign => campaign.slug === slug)
    if (campaign === undefined) {
      return await showAgain({ ...asked, reply: reply.code(400) }, formError('form', 'Select a campaign'))
    }
    const copied = from === '' ? undefined : await activityFor(request, from)
    const like = copied === undefined ? undefined : await getCurrentActivity(app.db, seal, copied.slug)
    const around = await surroundingsFor(app.db, staff, campaign.districts)
    const made = await createActivity({ db: app.db, seal }, {
      submission, answers, base: newDraft(campaign, around.boundTo, like), copiedFrom: copied?.slug, around
    }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${made}?done=created`, 303)
  })))

  async function showAgain (asked: Asked, errors: FormErrors): Promise<FastifyReply> {
    const { request, body } = asked
    const { campaign, copied } = Object(body) as Record<string, unknown>
    return await show(asked, {
      campaign: typeof campaign === 'string' ? campaign : undefined,
      answers: typedAnswers(body),
      errors,
      copied: typeof copied === 'string' && copied !== '' ? await activityFor(request, copied) : undefined,
      submission: submissionIn(body)
    })
  }

  async function show ({ request, reply }: Asked, shown: {
    campaign: string | undefined,
    answers: Partial<Answers>,
    errors?: FormErrors,
    copied: KnownActivity | undefined
    submission: string
  }): Promise<FastifyReply> {
    const staff = staffOf(request)
    const campaigns = await listCampaigns(app.db)
    const chosen = campaigns.length === 1 ? campaigns[0] : campaigns.find(({ slug }) => slug === shown.campaign)
    if (chosen === undefined) return reply.page('office/editor/choose-campaign', { staff, campaigns, errors: shown.errors })
    const around = await surroundingsFor(app.db, staff, chosen.districts)
    const given = { ...emptyAnswers(around.boundTo), ...shown.answers }
    // An organiser who is bound to an agency may copy what another leads, but then leads the copy.
    const answers = around.boundTo === undefined ? given : { ...given, lead_agency: around.boundTo }
    return reply.page('office/editor/new-activity', { staff, ...newPageOf({ ...shown, answers, chosen, around }) })
  }
}
