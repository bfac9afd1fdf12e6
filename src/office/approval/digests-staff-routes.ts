import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { changeDigests, isTold } from './digests.ts'
import { digestsFields, digestsForm } from './schema.ts'

const done = {
  on: 'You are emailed when something new waits for you.',
  off: 'You are not emailed about what waits for you any more.'
}

/** Whether someone is emailed about what waits for them to approve. */
export const digestRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'approve activities')
  const address = '/approvals/emails'

  app.get(address, asking(async asked => await show(asked)))

  app.post(address, asking(form({ schema: digestsForm, fields: digestsFields, again: show },
    async ({ request, input: { isOff }, reply }) => {
      await changeDigests(app.db, staffOf(request), { isOff }, app.clock())
      return await reply.redirect(`/staff${address}?done=${isOff ? 'off' : 'on'}`, 303)
    })))

  async function show ({ request, query, reply }: Asked, errors?: FormErrors): Promise<FastifyReply> {
    const staff = staffOf(request)
    return reply.page('office/approval/digests', {
      staff,
      isOn: await isTold(app.db, staff),
      errors,
      done: errors === undefined ? sentenceFor(done, query.done) : undefined
    })
  }
}
