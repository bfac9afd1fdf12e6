import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { findActivityKnownTo } from '../../programme/activities/known-activities.ts'
import type { Snapshots } from '../../platform/database/snapshots.ts'
import { asking, form, query } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { versionHashIn, submissionIn } from '../../platform/http/form-answers.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, sentenceFor } from '../../platform/http/url-params.ts'
import { idFromForm } from '../../platform/named-id.ts'
import type { Seal } from '../../platform/seal.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { requireRecentSignIn } from '../../identity/staff/recent-sign-in.ts'
import { addressOf, everyone } from '../../booking/attendees/filter.ts'
import type { AttendeeFilter } from '../../booking/attendees/filter.ts'
import { assertMayTake, columnsFor } from '../exports/choosing.ts'
import type { Chosen } from '../exports/choosing.ts'
import type { ListColumn } from '../exports/columns.ts'
import { ListsBusy, TooManyRows } from '../exports/errors.ts'
import { countListed, findLastList, listActivitiesFor } from '../exports/queries.ts'
import type { ListedActivity } from '../exports/queries.ts'
import { mostActivities } from '../exports/schema.ts'
import { sendList } from '../exports/sending.ts'
import { keptChoice } from '../exports/staff-page.ts'
import {
  changeStandingList, deleteStandingList, makeStandingList, startStandingList, stopStandingList
} from './commands.ts'
import { ScopeGone, StandingListChanged, StandingListNotFound, TooLate } from './errors.ts'
import { findRun, findScope, getStandingList, listStandingLists } from './queries.ts'
import type { Run } from './queries.ts'
import { buttonForm, changeForm, newAddress, newForm, standingFields } from './schema.ts'
import { activitiesOfRun, anyActivity } from './selecting.ts'
import { choiceOf, comparisonOf, deletionOf, runPageOf, standingFormOf, standingListsOf } from './staff-page.ts'
import type { About, Scope, StandingList } from './standing-list.ts'

interface Address { Params: { list: string } }

const done = {
  made: 'We will email you when the list is ready.',
  changed: 'The list is changed.',
  stopped: 'The list is stopped. We do not email you about it.',
  started: 'The list is sent again.',
  deleted: 'The list is deleted.'
}

/** Lists that people have sent to them: each email has a link, and the list is made when it is downloaded. */
export const standingListStaffRoutes: FastifyPluginAsync<{ searchSeal: Seal, snapshots: Snapshots }> = async (
  app, parts
) => {
  requirePermission(app, 'know attendees')

  app.get('/lists/standing', asking(async ({ request, query, reply }) => {
    const staff = staffOf(request)
    const now = app.clock()
    const [lists, { activities }] = await Promise.all([
      listStandingLists(app.db, staff),
      listActivitiesFor(app.db, staff, { ...anyActivity, from: now, isPublished: true }, mostActivities)
    ])
    return reply.page('office/standing-lists/standing-lists', {
      staff, ...standingListsOf(lists, activities, now), done: sentenceFor(done, query.done)
    })
  }))

  await app.register(makingRoutes, parts)
  await app.register(runRoutes, parts)
  await app.register(changingRoutes)
}

/** What is asked about a new list: what it can be about, and of whom. */
type OfNew = Asked & { staff: StaffMember, scope: Scope, abouts: readonly [About, ...About[]], action: string }

/** What the address of the form says. */
interface Given { activity: string | undefined, campaign: string | undefined, filter: AttendeeFilter }

const makingRoutes: FastifyPluginAsync<{ searchSeal: Seal }> = async (app, { searchSeal: seal }) => {
  app.get('/lists/standing/new', ofNew(async asked => await show(asked)))

  app.post('/lists/standing/new', ofNew(form({
    schema: ({ staff, abouts }: OfNew) => newForm(columnsOf(staff), abouts),
    fields: standingFields,
    again: show,
    refused: shownAt('hours', TooLate)
  }, async ({ staff, scope, input: { about, submission, draft }, reply }) => {
    const chosen = {
      about,
      activity: about === 'activity' ? scope.activity : undefined,
      campaign: about === 'campaign' ? scope.campaign : undefined,
      filter: scope.filter
    }
    const id = idFromForm(submission, { ...chosen, ...draft, columns: draft.columns.map(({ name }) => name) })
    await makeStandingList(app.db, staff, { id, scope: chosen, draft }, app.clock())
    return await reply.redirect(`/staff/lists/standing?done=made#list-${id}`, 303)
  })))

  function ofNew (answer: (asked: OfNew) => Promise<FastifyReply>) {
    return asking(query({
      schema: newAddress(seal),
      again: async (asked, errors) =>
        await show(await about(asked, { activity: undefined, campaign: undefined, filter: everyone }), errors)
    }, async asked => await answer(await about(asked, asked.input))))
  }

  async function about (asked: Asked, { activity, campaign, filter }: Given): Promise<OfNew> {
    const staff = staffOf(asked.request)
    assertMayTake({ staff, activities: [whatTheyLead(staff)], filter })
    const found = await findScope(app.db, staff, { activity, campaign })
    const given = Object.entries({ activity, campaign }).filter((one): one is [string, string] => one[1] !== undefined)
    const address = [new URLSearchParams(given).toString(), addressOf(filter, seal)].filter(part => part !== '').join('&')
    const abouts: [About, ...About[]] = ['mine']
    if (found.campaign !== undefined) abouts.unshift('campaign')
    if (found.activity !== undefined) abouts.unshift('activity')
    return {
      ...asked,
      staff,
      scope: { about: abouts[0], ...found, filter },
      abouts,
      action: `/staff/lists/standing/new${address === '' ? '' : `?${address}`}`
    }
  }

  async function show (
    { staff, scope, abouts, action, body, reply }: OfNew, errors?: FormErrors
  ): Promise<FastifyReply> {
    const choice = keptChoice(await findLastList(app.db, staff), scope.filter)
    return reply.page('office/standing-lists/standing-list', {
      staff,
      ...standingFormOf({
        scope, abouts, list: undefined, columns: columnsOf(staff), choice, submission: submissionIn(body), action
      }, errors && { body, errors })
    })
  }
}

/** What is asked about a list of one's own. */
type OfList = Asked<Address> & { staff: StaffMember, list: StandingList }

const changed = formError('form', 'You have changed this list in another window since you opened this one. ' +
  'Your changes are not saved. Compare both below, then press “Save” to keep these.')

const changingRoutes: FastifyPluginAsync = async app => {
  app.get('/lists/standing/:list', ofList(app, async asked => await show(asked)))

  app.post('/lists/standing/:list', ofList(app, form({
    schema: ({ staff }: OfList) => changeForm(columnsOf(staff)),
    fields: standingFields,
    again: async ({ list, ...asked }, errors) =>
      await show({ ...asked, list: await getStandingList(app.db, asked.staff, list.id) }, errors),
    refused: error => error instanceof StandingListChanged ? changed : shownAt('hours', TooLate)(error)
  }, async ({ staff, list: { id }, input: { edition: versionHash, draft }, reply }) => {
    await changeStandingList(app.db, staff, { id, versionHash }, draft, app.clock())
    return await reply.redirect(`/staff/lists/standing?done=changed#list-${id}`, 303)
  })))

  app.post('/lists/standing/:list/stop', ofList(app, form({
    schema: buttonForm, again: show
  }, async ({ staff, list: { id }, reply }) => {
    await stopStandingList(app.db, staff, id, app.clock())
    return await reply.redirect(`/staff/lists/standing?done=stopped#list-${id}`, 303)
  })))

  app.post('/lists/standing/:list/start', ofList(app, form({
    schema: buttonForm, again: show
  }, async ({ staff, list: { id }, reply }) => {
    await startStandingList(app.db, staff, id, app.clock())
    return await reply.redirect(`/staff/lists/standing?done=started#list-${id}`, 303)
  })))

  app.get('/lists/standing/:list/deletion', ofList(app, async asked => await askDeletion(asked)))

  app.post('/lists/standing/:list/deletion', ofList(app, form({
    schema: buttonForm, again: askDeletion
  }, async ({ staff, list: { id }, reply }) => {
    await deleteStandingList(app.db, staff, id, app.clock())
    return await reply.redirect('/staff/lists/standing?done=deleted', 303)
  })))

  async function show ({ staff, list, body, reply }: OfList, errors?: FormErrors): Promise<FastifyReply> {
    const columns = columnsOf(staff)
    const tried = errors && { body, errors }
    // After an error it stays the state that was read: a later change must still be noticed.
    const kept = errors === undefined || errors === changed ? undefined : versionHashIn(body)
    return reply.page('office/standing-lists/standing-list', {
      staff,
      ...standingFormOf({
        scope: list,
        abouts: [list.about],
        list,
        columns,
        choice: choiceOf(list),
        submission: '',
        action: `/staff/lists/standing/${list.id}`
      }, tried),
      ...(kept !== undefined && { versionHash: kept }),
      comparison: errors === changed ? comparisonOf(list, columns, body) : []
    })
  }

  async function askDeletion ({ staff, list, reply }: OfList, errors?: FormErrors): Promise<FastifyReply> {
    return reply.page('office/standing-lists/standing-list-deletion', { staff, ...deletionOf(list), errors })
  }
}

/** What is asked about one run of a list: of which activities and people, now. */
type OfRun = OfList & { run: Run, chosen: Chosen, total: number, columns: ListColumn[], href: string }

/** The page that an email leads to, and the list itself; for people who lately proved who they are. */
const runRoutes: FastifyPluginAsync<{ snapshots: Snapshots }> = async (app, { snapshots }) => {
  requireRecentSignIn(app)

  app.get('/lists/standing/:list/runs/:run', ofRun(async asked => await show(asked)))

  app.post('/lists/standing/:list/runs/:run', ofRun(form({
    schema: buttonForm,
    again: show,
    refused: shownAt('form', ListsBusy, TooManyRows)
  }, async ({ run: { list: { format, why } }, chosen, columns, reply }) =>
    await sendList(reply, snapshots, chosen, { columns, format, why, isChosen: true }))))

  function ofRun (answer: (asked: OfRun) => Promise<FastifyReply>) {
    return ofList(app, async asked => {
      const { staff, list: { id: listId } } = asked
      const { run: id } = asked.params as Address['Params'] & { run: string }
      const run = isId(id) ? await findRun(app.db, id, app.clock()) : undefined
      if (run?.list.id !== listId) throw new StandingListNotFound()
      const { list } = run
      const found = await activitiesOfRun(app.db, staff, run)
      if (found === undefined || found.activities.length === 0) throw new ScopeGone()
      const { activities, total } = found
      const { filter } = list
      assertMayTake({ staff, activities, filter })
      const href = `/staff/lists/standing/${listId}/runs/${id}`
      const theirs = columnsFor({ staff, activities })
      return await answer({
        ...asked,
        run,
        total,
        columns: theirs.filter(({ name }) => list.columns.some(column => column.name === name)),
        href,
        chosen: {
          staff,
          activity: await onlyOne(staff, activities),
          activities,
          leftOut: total > activities.length ? { count: total - activities.length, of: total } : undefined,
          filter,
          path: href,
          address: '',
          changeHref: href,
          againHref: href,
          file: fileOf(activities)
        }
      })
    })
  }

  async function onlyOne (staff: StaffMember, [one, ...more]: readonly ListedActivity[]) {
    return one === undefined || more.length > 0 ? undefined : await findActivityKnownTo(app.db, staff, one.slug)
  }

  async function show (
    { staff, run, chosen, total, columns, href, reply }: OfRun, errors?: FormErrors
  ): Promise<FastifyReply> {
    const { activities, filter } = chosen
    const counts = await countListed(app.db, activities.map(({ id }) => id), filter)
    return reply.page('office/standing-lists/standing-list-run', {
      staff, ...runPageOf(run, { activities, total, counts, columns }, href, errors)
    })
  }
}

/** Reads whose list an address names; someone else’s is not found. */
function ofList (
  app: Parameters<FastifyPluginAsync>[0], answer: (asked: OfList) => Promise<FastifyReply>
) {
  return asking<Address>(async asked => {
    const { list: id } = asked.params
    if (!isId(id)) throw new StandingListNotFound()
    const staff = staffOf(asked.request)
    return await answer({ ...asked, staff, list: await getStandingList(app.db, staff, id.toLowerCase()) })
  })
}

/** An activity of which someone may do as much as of any: each run asks for its own. */
function whatTheyLead ({ id, agencyId: leadAgencyId }: StaffMember) {
  return { leadAgencyId, hostIds: [id] }
}

function columnsOf (staff: StaffMember): ListColumn[] {
  return columnsFor({ staff, activities: [whatTheyLead(staff)] })
}

function fileOf ([one, ...more]: readonly ListedActivity[]): string {
  return one === undefined || more.length > 0 ? 'attendees' : `attendees-${one.slug}`
}
