import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { confirming } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { namesOf } from '../../identity/staff/queries.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { confirmationForm } from '../../identity/staff/schema.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { renderEmail } from '../../mail/emails/body.ts'
import { catching, form, refusing } from '../../platform/http/form.ts'
import { typedOf, versionHashIn } from '../../platform/http/form-answers.ts'
import { formError, inOrderOf, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import type { Templates } from '../../platform/templates.ts'
import { organising } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { aboutCampaign } from '../../programme/campaigns/campaign-address.ts'
import type { AboutCampaign } from '../../programme/campaigns/campaign-address.ts'
import { listSupportContacts } from '../../programme/support/queries.ts'
import { askAgain, changeAsking } from './asking.ts'
import { chooseLearning, noteOutcome } from './commands.ts'
import { askingModel, thanksModel } from './emails.ts'
import { NobodyToAsk, NobodyToThank, NoDayForNumbers, NothingToTell, NumbersUnusual, OutcomeChanged } from './errors.ts'
import type { Outcome } from './outcome.ts'
import type { TriedOutcome } from './page.ts'
import { findAsking, getAskedActivity, listAskedActivities } from './queries.ts'
import type { AskedActivity } from './queries.ts'
import { askAgainForm, askingForm, learningForm, outcomeFields, outcomeForm } from './schema.ts'
import { campaignOutcomesPageOf, outcomePageOf, outreachPageOf } from './staff-page.ts'
import { toThank } from './thanked.ts'
import { findBadgeUrl, sendThanks } from './thanks.ts'

const done = {
  asking: 'Saved. Who is due to be asked gets an email within minutes.',
  off: 'Nobody is asked any more. Links that people have still work.',
  again: 'The emails are on their way.',
  learning: 'The report has the sentences that you chose.',
  thanked: 'The emails of thanks are on their way.'
}

const address = '/campaigns/:slug/outcomes'

/** Who is asked what the activities of a campaign came to, who has not answered, and who is thanked. */
export const campaignOutcomesStaffRoutes: FastifyPluginAsync<{ context: { templates: Templates } }> = async (
  app, { context }
) => {
  requirePermission(app, 'edit what everyone reads')

  app.get(address, aboutCampaign(app, async asked => await show(asked)))

  app.post(`${address}/asking`, aboutCampaign(app, confirming(
    outreach('Ask the people who lead activities?', 'asking', 'Ask them', askingText), form({
      schema: askingForm, fields: ['asking'], again: show, refused: shownAt('asking', NoDayForNumbers)
    }, async ({ request, campaign: { slug }, input: { asking, confirmed }, reply }) => {
      await changeAsking(app.db, { slug, confirmed }, asking, staffOf(request), app.clock())
      return await reply.redirect(`/staff/campaigns/${slug}/outcomes?done=${asking === 'off' ? 'off' : 'asking'}`, 303)
    }))))

  app.post(`${address}/again`, aboutCampaign(app, confirming(
    outreach('Ask them again?', 'again', 'Send the emails', askingText), form({
      schema: askAgainForm, fields: ['activities'], again: show, refused: shownAt('activities', NobodyToAsk, NoDayForNumbers)
    }, async ({ request, campaign: { slug }, input: { activities: ids, confirmed }, reply }) => {
      await askAgain(app.db, app.outbox, { slug, ids, confirmed }, staffOf(request), app.clock())
      return await reply.redirect(`/staff/campaigns/${slug}/outcomes?done=again`, 303)
    }))))

  app.post(`${address}/thanks`, aboutCampaign(app, confirming(
    outreach('Thank everyone who took part?', 'thanks', 'Send the emails', thanksText), form({
      schema: confirmationForm, again: show, refused: shownAt('thanks', NobodyToThank)
    }, async ({ request, campaign: { slug }, input: { confirmed }, reply }) => {
      await sendThanks(app.db, app.outbox, { slug, confirmed }, staffOf(request), app.clock())
      return await reply.redirect(`/staff/campaigns/${slug}/outcomes?done=thanked`, 303)
    }))))

  app.post(`${address}/learning`, aboutCampaign(app, form({
    schema: learningForm, again: show
  }, async ({ request, campaign, input, reply }) => {
    await chooseLearning(app.db, campaign, input, staffOf(request), app.clock())
    return await reply.redirect(`/staff/campaigns/${campaign.slug}/outcomes?done=learning`, 303)
  })))

  async function show ({ request, campaign, query, reply }: AboutCampaign, errors?: FormErrors): Promise<FastifyReply> {
    const [activities, asking] = await Promise.all([
      listAskedActivities(app.db, campaign.id, staffOf(request)), findAsking(app.db, campaign.id)
    ])
    const askedIds = activities.flatMap(({ asked }) => asked.map(({ staffMemberId }) => staffMemberId))
    const names = await namesOf(app.db, askedIds)
    const email = await askingText(activities, asking.dueOn)
    return reply.page('office/outcomes/campaign-outcomes', {
      staff: staffOf(request),
      ...campaignOutcomesPageOf({ campaign, activities, asking, names, email, now: app.clock() }, errors),
      done: errors === undefined ? sentenceFor(done, query.done) : undefined
    })
  }

  type Text = (activities: readonly AskedActivity[], dueOn: string | undefined) => Promise<string>

  /** The page that says who is written to, and what they read. */
  function outreach (heading: string, at: string, button: string, textOf: Text) {
    return async (
      { request, campaign, body, reply }: AboutCampaign, required: ConfirmationRequired
    ): Promise<FastifyReply> => {
      const [activities, { dueOn }] = await Promise.all([
        listAskedActivities(app.db, campaign.id, staffOf(request)), findAsking(app.db, campaign.id)
      ])
      const action = `/staff/campaigns/${campaign.slug}/outcomes/${at}`
      const email = await textOf(activities, dueOn)
      return reply.page('office/outcomes/outreach', {
        staff: staffOf(request), ...outreachPageOf(campaign, required, body, { heading, action, button, email })
      })
    }
  }

  /** The words of the email that asks, with one of the activities as an example, and no link that works. */
  async function askingText (activities: readonly AskedActivity[], dueOn: string | undefined): Promise<string> {
    const [one] = activities.filter(({ activity }) => activity.status !== 'cancelled')
    if (one === undefined || dueOn === undefined) return ''
    return await textOf('outcomes', askingModel([{ ...one, asked: [], url: `${app.publicUrl}/outcomes/…` }], dueOn, await around()))
  }

  async function thanksText (activities: readonly AskedActivity[]): Promise<string> {
    const [one] = toThank(activities, app.clock())
    if (one === undefined) return ''
    const badgeUrl = await findBadgeUrl(app.db, app.publicUrl, one.activities, app.clock())
    return await textOf('thanks', thanksModel(one.activities, badgeUrl, await around()))
  }

  async function textOf (template: string, model: object): Promise<string> {
    const { subject, text } = renderEmail(context.templates, `standalone/${template}`, model)
    return `Subject: ${subject}\n\n${text}`
  }

  async function around () {
    return { publicUrl: app.publicUrl, contacts: await listSupportContacts(app.db), now: app.clock() }
  }
}

/** What one activity came to: for whoever runs it, when somebody phones. */
export const outcomeStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'run activities')

  app.get('/activities/:slug/outcome', organising(async asked => await showOne(asked)))

  app.post('/activities/:slug/outcome', organising(form({
    schema: ({ activity }: Running) => outcomeForm(activity),
    fields: outcomeFields,
    again: showAgain,
    refused: shownAt('form', NothingToTell)
  }, catching(NumbersUnusual, showQuestion, refusing(OutcomeChanged, showBeside, async asked => {
    const { staff, activity, input, reply } = asked
    await noteOutcome(app.db, { activityId: activity.id, ...input }, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}/outcome?done=saved`, 303)
  })))))

  async function showOne (
    { staff, activity, query, reply }: Running, tried?: TriedOutcome & { mine?: Outcome }
  ): Promise<FastifyReply> {
    const its = await getAskedActivity(app.db, activity.id)
    const ids = [its.givenById, ...its.asked.map(({ staffMemberId }) => staffMemberId)]
    const names = await namesOf(app.db, ids)
    return reply.page('office/outcomes/outcome', {
      staff,
      ...outcomePageOf(activity, its, names, app.clock(), tried),
      done: tried === undefined ? sentenceFor({ saved: 'Saved.' }, query.done) : undefined
    })
  }

  async function showAgain (asked: Running, errors: FormErrors): Promise<FastifyReply> {
    return await showOne(asked, { ...triedIn(asked.body), errors: inOrderOf(outcomeFields, errors) })
  }

  async function showQuestion (asked: Running & { input: { outcome: Outcome } }): Promise<FastifyReply> {
    return await showOne(asked, { ...triedIn(asked.body), unusual: asked.input.outcome })
  }

  async function showBeside (
    asked: Running & { input: { outcome: Outcome } }, { message }: OutcomeChanged
  ): Promise<FastifyReply> {
    const { body, input } = asked
    return await showOne(asked, { typed: typedOf(body, outcomeFields), errors: formError('form', message), mine: input.outcome })
  }
}

/** What was typed, and the version that it was typed over. */
function triedIn (body: unknown): TriedOutcome {
  return { typed: typedOf(body, outcomeFields), versionHash: versionHashIn(body) }
}
