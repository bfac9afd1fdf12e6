import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { form, refusing } from '../../platform/http/form.ts'
import { versionHashIn } from '../../platform/http/form-answers.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { aboutCampaign } from '../campaigns/campaign-address.ts'
import type { AboutCampaign } from '../campaigns/campaign-address.ts'
import { campaignSections } from '../campaigns/sections.ts'
import { runningOf } from '../activities/staff-page.ts'
import { running } from '../activities/staff-routes.ts'
import type { Running } from '../activities/staff-routes.ts'
import { changeQuestions } from './commands.ts'
import { QuestionsAnswered, QuestionsChanged } from './errors.ts'
import { findQuestionnaire } from './queries.ts'
import type { Source } from './questionnaire-draft.ts'
import type { Questions } from './questionnaire.ts'
import { formFields, questionsForm } from './schema.ts'
import { questionsPageOf } from './staff-page.ts'
import type { Tried } from './staff-page.ts'

/** The longest questions and answers to choose from, in a script that takes twelve bytes a character. */
const bodyLimit = 262_144

/** What was read of a form that decides what is asked. */
interface Read { body: unknown, input: Questions & { source: Source } }

/** What people are asked about an activity. */
export const evaluationStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'run activities')
  const address = '/activities/:slug/questions-afterwards'

  app.get(address, running(async asked => await show(asked)))

  app.post(address, { bodyLimit }, running(form({
    schema: async ({ activity }) => questionsForm(await findQuestionnaire(app.db, { activity })),
    fields: formFields,
    again: showAgain,
    refused: shownAt('form', QuestionsAnswered)
  }, refusing(QuestionsChanged, async (asked, refusal) => await show(asked, besideOf(asked, refusal)),
    async ({ staff, activity, input, reply }) => {
      await changeQuestions(app.db, { activity, slug: activity.slug }, input, staff, app.clock())
      return await reply.redirect(`/staff/activities/${activity.slug}/evaluation?done=questions`, 303)
    }))))

  async function showAgain (asked: Running, errors: FormErrors): Promise<FastifyReply> {
    return await show(asked, { body: asked.body, errors, versionHash: versionHashIn(asked.body) })
  }

  async function show ({ staff, activity, reply }: Running, tried?: Tried): Promise<FastifyReply> {
    const current = await findQuestionnaire(app.db, { activity })
    const ofCampaign = await findQuestionnaire(app.db, { campaignId: activity.campaign.id })
    return reply.page('programme/evaluations/questions-afterwards', {
      staff, ...runningOf(activity), ...questionsPageOf(current, ofCampaign, tried)
    })
  }
}

/** What people are asked about each activity of a campaign, unless it has questions of its own. */
export const campaignQuestionsStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'edit what everyone reads')
  const address = '/campaigns/:slug/questions-afterwards'

  app.get(address, editing(async asked => await show(asked)))

  app.post(address, { bodyLimit }, editing(form({
    schema: async ({ campaign }) => questionsForm(await findQuestionnaire(app.db, { campaignId: campaign.id })),
    fields: formFields,
    again: showAgain
  }, refusing(QuestionsChanged, async (asked, refusal) => await show(asked, besideOf(asked, refusal)),
    async ({ request, campaign: { id, slug }, input, reply }) => {
      const wanted = { ...input, source: input.source === 'campaign' ? 'none' as const : input.source }
      await changeQuestions(app.db, { campaignId: id, slug }, wanted, staffOf(request), app.clock())
      return await reply.redirect(`/staff/campaigns/${slug}?done=questions`, 303)
    }))))

  async function showAgain (asked: AboutCampaign, errors: FormErrors): Promise<FastifyReply> {
    return await show(asked, { body: asked.body, errors, versionHash: versionHashIn(asked.body) })
  }

  async function show ({ request, campaign, reply }: AboutCampaign, tried?: Tried): Promise<FastifyReply> {
    const current = await findQuestionnaire(app.db, { campaignId: campaign.id })
    const { title, slug } = campaign
    return reply.page('programme/evaluations/questions-of-a-campaign', {
      staff: staffOf(request),
      title,
      href: `/staff/campaigns/${slug}`,
      sections: campaignSections(slug, '/questions-afterwards'),
      ...questionsPageOf(current, undefined, tried)
    })
  }

  function editing (answer: (asked: AboutCampaign) => Promise<FastifyReply>) {
    return aboutCampaign(app, answer)
  }
}

/** Nothing that was typed is lost: what is asked now is shown beside it. */
function besideOf ({ body, input }: Read, { message }: QuestionsChanged): Tried {
  return { body, errors: formError('form', message), mine: input }
}
