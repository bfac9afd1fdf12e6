import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { confirming } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { form, query, refusing } from '../../platform/http/form.ts'
import { typedOf, versionHashIn } from '../../platform/http/form-answers.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import { aboutCampaign } from '../../programme/campaigns/campaign-address.ts'
import type { AboutCampaign } from '../../programme/campaigns/campaign-address.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'
import { changeCycle } from './commands.ts'
import type { Cycle } from './dates.ts'
import { CycleChanged, DatesInWrongOrder, NumbersAreAskedFor } from './errors.ts'
import { findEntryDays, getPlannedCampaign, listEmbargoes } from './queries.ts'
import { cycleFields, cycleForm, fieldOf, suggestionQuery } from './schema.ts'
import { cycleEffectsPageOf, cyclePageOf } from './staff-page.ts'
import type { TriedCycle } from './staff-page.ts'

const address = '/campaigns/:slug/cycle'

/** The year of a campaign: when entries open and close, the embargo ends, numbers and the report are due. */
export const cycleStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'edit what everyone reads')

  app.get(address, aboutCampaign(app, query({
    schema: suggestionQuery, again: async (asked: AboutCampaign) => await show(asked)
  }, async asked => await show(asked, { from: asked.input.from }))))

  app.post(address, aboutCampaign(app, confirming(showEffects, form({
    schema: cycleForm, fields: cycleFields, again: showAgain, refused
  }, refusing(CycleChanged, showBeside, async ({ request, campaign: { slug }, input, reply }) => {
    const { cycle, versionHash, confirmed } = input
    await changeCycle(app.db, { slug, versionHash, confirmed }, cycle, staffOf(request), app.clock())
    return await reply.redirect(`/staff/campaigns/${slug}/cycle?done=saved`, 303)
  })))))

  async function show (
    { request, campaign, query, reply }: AboutCampaign,
    { from, tried }: { from?: string | undefined, tried?: TriedCycle } = {}
  ): Promise<FastifyReply> {
    const staff = staffOf(request)
    const [planned, embargoes, entryDays] = await Promise.all([
      getPlannedCampaign(app.db, campaign.id), listEmbargoes(app.db, staff, campaign.id),
      findEntryDays(app.db, campaign.id)
    ])
    const today = calendarDayOf(app.clock(), planned.zone)
    return reply.page('office/cycle/cycle', {
      staff,
      ...cyclePageOf({ campaign: planned, embargoes, entryDays, from, today }, tried),
      done: tried === undefined ? sentenceFor({ saved: 'The dates are saved.' }, query.done) : undefined
    })
  }

  async function showAgain (asked: AboutCampaign, errors: FormErrors): Promise<FastifyReply> {
    const { body } = asked
    return await show(asked, { tried: { typed: typedOf(body, cycleFields), errors, versionHash: versionHashIn(body) } })
  }

  /** Nothing that was typed is lost: the current state is shown beside it. */
  async function showBeside (
    asked: AboutCampaign & { input: { cycle: Cycle } }, { message }: CycleChanged
  ): Promise<FastifyReply> {
    const { body, input: { cycle: mine } } = asked
    return await show(asked, { tried: { typed: typedOf(body, cycleFields), errors: formError('form', message), mine } })
  }

  function showEffects (
    { request, campaign, body, reply }: AboutCampaign, required: ConfirmationRequired
  ): FastifyReply {
    return reply.page('identity/staff/effects', {
      staff: staffOf(request), ...cycleEffectsPageOf(campaign, required, body)
    })
  }
}

/** What a rule refused, at the date that it is about. */
function refused (error: unknown): FormErrors | undefined {
  if (error instanceof DatesInWrongOrder) return formError(fieldOf.day(error.kind), error.message)
  if (error instanceof NumbersAreAskedFor) return formError(fieldOf.day('numbers-due'), error.message)
  return undefined
}
