import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import type { Snapshots } from '../../platform/database/snapshots.ts'
import { asking, form } from '../../platform/http/form.ts'
import { versionHashIn } from '../../platform/http/form-answers.ts'
import { formError, shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import type { Seal } from '../../platform/seal.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { listActivitiesFor } from '../exports/queries.ts'
import { mostActivities } from '../exports/schema.ts'
import { changeStandingList, deleteStandingList, startStandingList, stopStandingList } from './commands.ts'
import { StandingListChanged, TooLate } from './errors.ts'
import { getStandingList, listStandingLists } from './queries.ts'
import { buttonForm, changeForm, standingFields } from './schema.ts'
import { anyActivity, columnsOf } from './selecting.ts'
import { choiceOf, comparisonOf, deletionOf, standingFormOf, standingListsOf } from './staff-page.ts'
import type { OfList } from './list-address.ts'
import { ofList } from './list-address.ts'
import { makingRoutes } from './making-staff-routes.ts'
import { runRoutes } from './run-staff-routes.ts'

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
