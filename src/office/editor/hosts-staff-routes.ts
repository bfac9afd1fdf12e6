import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { nameHosts } from '../../programme/activities/name-hosts.ts'
import { HostUnknown } from '../../programme/activities/errors.ts'
import { listCandidates } from '../../programme/activities/hosts.ts'
import { anew, organising } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { form } from '../../platform/http/form.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import { tickedIn } from '../../platform/http/form-answers.ts'
import { hostsPageOf } from './hosts-staff-page.ts'
import { hostsFields, hostsForm } from './schema.ts'

const done = {
  'as-it-was': 'Nothing was changed: it was like that already.',
  hosts: 'The hosts are changed. Nobody is emailed: tell them yourself.'
}

/** Naming the hosts of an activity. */
export const hostRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/hosts'

  app.get(address, organising(async asked => await show(asked, asked.activity.hostIds)))

  app.post(address, organising(form({
    schema: hostsForm, fields: hostsFields, again: anew(showAgain), refused: shownAt('hosts', HostUnknown)
  }, async ({ staff, activity, input: { shown, hosts: wanted }, reply }) => {
    const isChanged = await nameHosts(app.db, activity.id, { shown, wanted }, staff, app.clock())
    const href = `/staff/activities/${activity.slug}`
    return await reply.redirect(`${href}/hosts?done=${isChanged ? 'hosts' : 'as-it-was'}`, 303)
  })))

  async function showAgain (asked: Running, errors: FormErrors): Promise<FastifyReply> {
    return await show(asked, tickedIn(asked.body, 'hosts'), errors)
  }

  async function show (
    { staff, activity, query, reply }: Running, ticked: readonly string[], errors?: FormErrors
  ): Promise<FastifyReply> {
    const candidates = await listCandidates(app.db, staff, activity.id)
    return reply.page('office/editor/hosts', {
      staff, ...hostsPageOf({ activity, candidates, ticked, errors }), done: sentenceFor(done, query.done)
    })
  }
}
