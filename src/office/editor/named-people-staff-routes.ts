import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { HostUnknown, NobodyNamed } from '../../programme/activities/errors.ts'
import { listCandidates } from '../../programme/activities/hosts.ts'
import { findActivityKnownTo } from '../../programme/activities/known-activities.ts'
import { isNamedToKnow, listNamed, namePeople } from '../../programme/activities/named-people.ts'
import { anew, organising } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { form } from '../../platform/http/form.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import { tickedIn } from '../../platform/http/form-answers.ts'
import { namedPeoplePageOf } from './hosts-staff-page.ts'
import { namedPeopleFields, namedPeopleForm } from './schema.ts'

const done = {
  'as-it-was': 'Nothing was changed: it was like that already.',
  people: 'Who may know of it is changed. Nobody is emailed: tell them yourself.'
}

/** Naming who may know of an activity that is hidden from their colleagues. */
export const namedPeopleRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/people'

  app.get(address, organising(async asked => await show(asked)))

  app.post(address, organising(form({
    schema: namedPeopleForm,
    fields: namedPeopleFields,
    again: anew(showAgain),
    refused: shownAt('people', HostUnknown, NobodyNamed)
  }, async ({ staff, activity, input: { shown, people: wanted }, reply }) => {
    const isChanged = await namePeople(app.db, activity.id, { shown, wanted }, staff, app.clock())
    // Someone who took themselves off knows of it no more.
    if (await findActivityKnownTo(app.db, staff, activity.slug) === undefined) {
      return await reply.redirect('/staff/activities', 303)
    }
    return await reply.redirect(`/staff/activities/${activity.slug}/people?done=${isChanged ? 'people' : 'as-it-was'}`, 303)
  })))

  async function showAgain (asked: Running, errors: FormErrors): Promise<FastifyReply> {
    return await show(asked, { ticked: tickedIn(asked.body, 'people'), errors })
  }

  async function show (
    { staff, activity, query, reply }: Running, tried?: { ticked: readonly string[], errors: FormErrors }
  ): Promise<FastifyReply> {
    const [candidates, named] = await Promise.all([
      listCandidates(app.db, staff, activity.id), listNamed(app.db, activity.id)
    ])
    return reply.page('office/editor/named-people', {
      staff,
      ...namedPeoplePageOf({ activity, candidates: candidates.filter(isNamedToKnow), named, tried }),
      isYou: named.includes(staff.id),
      done: tried === undefined ? sentenceFor(done, query.done) : undefined
    })
  }
}
