import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { confirming, effectsOf } from '../../identity/staff/confirmation.ts'
import type { ConfirmationRequired } from '../../identity/staff/confirmation.ts'
import { may, requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { asking, form, query, refusing } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf, versionHashIn } from '../../platform/http/form-answers.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isSlug } from '../../platform/http/url-params.ts'
import type { Seal } from '../../platform/seal.ts'
import { sendCsv } from '../../platform/http/download.ts'
import { listCandidates } from '../../programme/activities/hosts.ts'
import { listKnownBetween } from '../../programme/activities/list-queries.ts'
import { listOutcomeNumbers } from '../../programme/activities/outcome-numbers.ts'
import { organising } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { CampaignNotFound } from '../../programme/campaigns/errors.ts'
import { findKnownCampaign } from '../../programme/activities/known-campaign.ts'
import type { KnownCampaign } from '../../programme/activities/known-campaign.ts'
import { calendarDayOf } from '../../programme/activities/when.ts'
import { clashesToCome, listPlannedDuring } from '../clashes/queries.ts'
import { boardWeek, isShown, plannedOf } from './board.ts'
import type { Planned } from './board.ts'
import { boardFileOf } from './board-file.ts'
import { changePlan, markStages, stageShown } from './commands.ts'
import { copyStaffRoutes } from './copy-staff-routes.ts'
import { deleteDrafts } from './delete-drafts.ts'
import { DraftsStay, NotAllOfThem, OwnerUnknown, PlanChanged, StageWrong } from './errors.ts'
import type { Plan } from './plan.ts'
import { findPlan, listPlans } from './queries.ts'
import type { NamedPlan } from './queries.ts'
import { boardFields, boardFilter, chosenIn, deletionForm, markForm, planFields, planForm } from './schema.ts'
import type { BoardFilter } from './schema.ts'
import { boardAddress, boardPageOf, planPageOf } from './staff-page.ts'
import type { TriedPlan } from './staff-page.ts'

interface CampaignAddress { Params: { slug: string } }

/** Most activities on a board; a week has fifty, a Safer Internet Day some hundreds. */
const mostOnBoard = 1000

/** All of the ids that can be ticked. */
const bodyLimit = 65_536

const everything: BoardFilter = {
  from: undefined, rows: 'agency', agency: undefined, district: undefined, stage: undefined, isRiskOpen: false
}

/** A campaign as a board: what is planned for each of its activities. */
export const boardStaffRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  requirePermission(app, 'see activities')
  await app.register(planRoutes)
  await app.register(changingRoutes)
  await app.register(copyStaffRoutes, { seal })

  app.get('/campaigns/:slug/board', onBoard(async asked => await showBoard(asked)))

  app.get('/campaigns/:slug/board.csv', onBoard(async asked => {
    const { campaign, filter, reply } = asked
    // All of the campaign: whoever plans in a spreadsheet wants it whole.
    const planned = campaign.span === undefined
      ? []
      : await plannedBetween(asked, { from: campaign.span.first, until: campaign.span.last.plus({ milliseconds: 1 }) })
    const shown = planned.filter(one => isShown(one, filter))
    const run = shown.filter(({ activity }) => may(asked.staff, 'run activities', activity))
    const numbers = await listOutcomeNumbers(app.db, run.map(({ activity: { id } }) => id))
    const today = calendarDayOf(app.clock(), campaign.zone)
    return sendCsv(reply, `board-${campaign.slug}-${today}.csv`, boardFileOf(shown, numbers))
  }))
}

/** What is asked about the board of a campaign. */
type OnBoard = Asked<CampaignAddress> & { staff: StaffMember, campaign: KnownCampaign, filter: BoardFilter }

/** Lets a route answer only about a campaign that this person may know of, with what its address asks to see. */
function onBoard (answer: (asked: OnBoard) => Promise<FastifyReply>) {
  return asking<CampaignAddress>(async asked => {
    const { request, params: { slug } } = asked
    const staff = staffOf(request)
    const campaign = isSlug(slug) ? await findKnownCampaign(request.server.db, staff, slug) : undefined
    if (campaign === undefined) throw new CampaignNotFound()
    const about = { ...asked, staff, campaign }
    return await query({
      schema: boardFilter,
      fields: boardFields,
      again: async (_, errors: FormErrors) => await showBoard({ ...about, filter: everything }, { errors })
    }, async ({ input: filter }) => await answer({ ...about, filter }))(about)
  })
}

async function plannedBetween (
  { request, staff, campaign }: OnBoard, { from, until }: Pick<ReturnType<typeof boardWeek>, 'from' | 'until'>
): Promise<Array<Planned<NamedPlan>>> {
  const { db, clock } = request.server
  const of = { campaign: campaign.slug, agency: undefined, state: undefined, search: undefined }
  const { activities } = await listKnownBetween(db, staff, { from, until, skip: 0, take: mostOnBoard, of })
  return plannedOf(activities, await listPlans(db, activities.map(({ id }) => id)), clock())
}

interface Beside { errors?: FormErrors, sentences?: readonly string[], chosen?: readonly string[] }

async function showBoard (asked: OnBoard, { errors, sentences, chosen }: Beside = {}): Promise<FastifyReply> {
  const { staff, campaign, filter, query: { done, n }, reply } = asked
  const week = boardWeek(campaign, filter.from, asked.request.server.clock())
  const { db, clock } = asked.request.server
  const [all, tiedUp] = await Promise.all([plannedBetween(asked, week), listPlannedDuring(db, staff, week)])
  const shown = all.filter(one => isShown(one, filter))
  const clashes = clashesToCome(tiedUp, clock(), one => one.campaign.id === campaign.id)
  return reply.page('office/board/board', {
    staff,
    ...boardPageOf({ staff, campaign, week, filter, all, shown, clashes, ...chosen && { chosen } }),
    errors: errors && sentences !== undefined && sentences.length > 1
      ? { ...errors, list: sentences.map(text => ({ text, href: '#form' })) }
      : errors,
    done: errors === undefined ? doneInWords(done, n) : undefined
  })
}

/** The sentence about what was just done with so many. */
function doneInWords (done: unknown, n: unknown): string | undefined {
  const count = typeof n === 'string' && /^\d{1,3}$/.test(n) ? Number(n) : undefined
  if (count === undefined) return undefined
  if (done === 'marked') return count === 1 ? '1 activity is marked.' : `${count} activities are marked.`
  if (done === 'deleted') return count === 1 ? 'The draft is deleted.' : `${count} drafts are deleted.`
  return done === 'copied' ? `The week is copied, with ${count === 1 ? '1 activity' : `${count} activities`} as drafts. Only staff see it.` : undefined
}

/** What is done from the board with the activities that are ticked. */
const changingRoutes: FastifyPluginAsync = async app => {
  // Which of them each person runs, the commands look up.
  requirePermission(app, 'create activities')

  app.post('/campaigns/:slug/board/stages', { bodyLimit }, onBoard(refusing(NotAllOfThem, showObstacles, form({
    schema: markForm, fields: ['activities', 'stage'], again: showAgain
  }, async ({ staff, campaign, filter, input: { activities: ids, stage }, reply }) => {
    const count = await markStages(app.db, campaign.id, { ids, stage }, staff, app.clock())
    return await reply.redirect(withDone(boardAddress(campaign.slug, filter), 'marked', count), 303)
  }))))

  app.post('/campaigns/:slug/board/deletion', { bodyLimit }, onBoard(refusing(DraftsStay, showWhatStays, confirming(showWhatGoes, form({
    schema: deletionForm, fields: ['activities'], again: showAgain
  }, async ({ staff, campaign, filter, input: { activities: ids, confirmed }, reply }) => {
    const { db, outbox } = app
    const count = await deleteDrafts({ db, outbox }, campaign.id, { ids, confirmed }, staff, app.clock())
    return await reply.redirect(withDone(boardAddress(campaign.slug, filter), 'deleted', count), 303)
  })))))

  async function showAgain (asked: OnBoard, errors: FormErrors): Promise<FastifyReply> {
    return await showBoard(asked, { errors, chosen: chosenIn(asked.body) })
  }

  async function showObstacles (asked: OnBoard, { message, sentences }: NotAllOfThem): Promise<FastifyReply> {
    return await showBoard(asked, { errors: formError('form', message), sentences, chosen: chosenIn(asked.body) })
  }

  function showWhatGoes (asked: OnBoard, required: ConfirmationRequired): FastifyReply {
    return showDeletion(asked, { ...effectsOf(required), ids: chosenIn(asked.body) })
  }

  function showWhatStays (asked: OnBoard, { obstacles, free }: DraftsStay): FastifyReply {
    return showDeletion(asked, { obstacles, ids: free })
  }

  function showDeletion (
    { staff, campaign, filter, reply }: OnBoard, model: { ids: readonly string[], obstacles?: readonly string[] }
  ): FastifyReply {
    const boardHref = boardAddress(campaign.slug, filter)
    return reply.page('office/board/delete-drafts', {
      staff,
      campaign: campaign.title,
      ...model,
      fields: model.ids.map(value => ({ name: 'activities', value })),
      boardHref,
      deleteHref: boardAddress(campaign.slug, filter, {}, 'board/deletion')
    })
  }
}

function withDone (address: string, done: string, count: number): string {
  return `${address}${address.includes('?') ? '&' : '?'}done=${done}&n=${count}`
}

/** What is planned for one activity. */
const planRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'run activities')
  const address = '/activities/:slug/plan'

  app.get(address, organising(async asked => await show(asked)))

  app.post(address, organising(form({
    schema: planForm,
    fields: planFields,
    again: async (asked, errors) => await show(asked, {
      typed: typedOf(asked.body, planFields), errors, versionHash: versionHashIn(asked.body)
    }),
    refused: refused => shownAt('stage', StageWrong)(refused) ?? shownAt('owner', OwnerUnknown)(refused)
  }, refusing(PlanChanged, showBeside, async ({ staff, activity, input, reply }) => {
    await changePlan(app.db, activity.id, input, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}?done=planned`, 303)
  }))))

  /** Nothing that was typed is lost: what a colleague made of it is shown beside it. */
  async function showBeside (
    asked: Running & { input: { plan: Plan } }, { message }: PlanChanged
  ): Promise<FastifyReply> {
    return await show(asked, {
      typed: typedOf(asked.body, planFields), errors: formError('form', message), mine: asked.input.plan
    })
  }

  async function show ({ staff, activity, reply }: Running, tried?: TriedPlan): Promise<FastifyReply> {
    const [plan, candidates] = await Promise.all([
      findPlan(app.db, activity.id), listCandidates(app.db, staff, activity.id)
    ])
    const shown = { ...plan, stage: stageShown(activity, plan, app.clock()) }
    return reply.page('office/board/plan', { staff, ...planPageOf(activity, shown, candidates, tried) })
  }
}
