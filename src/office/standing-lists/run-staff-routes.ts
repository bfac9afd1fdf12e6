import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { findActivityKnownTo } from '../../programme/activities/known-activities.ts'
import type { Snapshots } from '../../platform/database/snapshots.ts'
import { form } from '../../platform/http/form.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId } from '../../platform/http/url-params.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { requireRecentSignIn } from '../../identity/staff/recent-sign-in.ts'
import { assertMayTake, columnsFor } from '../exports/choosing.ts'
import type { Chosen } from '../exports/choosing.ts'
import type { ListColumn } from '../exports/columns.ts'
import { ListsBusy, TooManyRows } from '../exports/errors.ts'
import { countListed } from '../exports/queries.ts'
import type { ListedActivity } from '../exports/queries.ts'
import { sendList } from '../exports/sending.ts'
import { ScopeGone, StandingListNotFound } from './errors.ts'
import { findRun } from './run-queries.ts'
import type { Run } from './run-queries.ts'
import { buttonForm } from './schema.ts'
import { activitiesOfRun } from './selecting.ts'
import { runPageOf } from './staff-page.ts'
import type { Address, OfList } from './list-address.ts'
import { ofList } from './list-address.ts'

/** What is asked about one run of a list: of which activities and people, now. */
type OfRun = OfList & { run: Run, chosen: Chosen, total: number, columns: ListColumn[], href: string }

/** The page that an email leads to, and the list itself; for people who lately proved who they are. */
export const runRoutes: FastifyPluginAsync<{ snapshots: Snapshots }> = async (app, { snapshots }) => {
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

function fileOf ([one, ...more]: readonly ListedActivity[]): string {
  return one === undefined || more.length > 0 ? 'attendees' : `attendees-${one.slug}`
}
