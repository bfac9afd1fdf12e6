import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { asking, form, query } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { submissionIn } from '../../platform/http/form-answers.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { idFromForm } from '../../platform/named-id.ts'
import type { Seal } from '../../platform/seal.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { addressOf, everyone } from '../../booking/attendees/filter.ts'
import type { AttendeeFilter } from '../../booking/attendees/filter.ts'
import { assertMayTake } from '../exports/choosing.ts'
import { findLastList } from '../exports/queries.ts'
import { keptChoice } from '../exports/staff-page.ts'
import { makeStandingList } from './commands.ts'
import { TooLate } from './errors.ts'
import { findScope } from './queries.ts'
import { newAddress, newForm, standingFields } from './schema.ts'
import { whatTheyLead, columnsOf } from './selecting.ts'
import { standingFormOf } from './staff-page.ts'
import type { About, Scope } from './standing-list.ts'

/** What is asked about a new list: what it can be about, and of whom. */
type OfNew = Asked & { staff: StaffMember, scope: Scope, abouts: readonly [About, ...About[]], action: string }

/** What the address of the form says. */
interface Given { activity: string | undefined, campaign: string | undefined, filter: AttendeeFilter }

export const makingRoutes: FastifyPluginAsync<{ searchSeal: Seal }> = async (app, { searchSeal: seal }) => {
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
