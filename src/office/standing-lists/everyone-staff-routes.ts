import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId, pageNumber, sentenceFor } from '../../platform/http/url-params.ts'
import { perPage } from '../../platform/http/pagination.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { StandingListNotFound } from './errors.ts'
import { listEveryonesLists } from './everyone-queries.ts'
import { everyonesPageOf } from './everyone-staff-page.ts'
import { stopForThem } from './stop-for-them.ts'
import { stopForm } from './schema.ts'

interface Address { Params: { list: string } }

const done = { stopped: 'The list is stopped. Its owner sees that on their page, and can have it sent again.' }

/** Everyone's lists that are sent regularly: whose, what they have, whether they fail; and stopping one. */
export const everyonesListsStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'manage staff')

  app.get('/lists/everyone', asking(async asked => await show(asked)))

  app.post('/lists/everyone/:list/stop', asking<Address>(form({
    schema: stopForm, again: show
  }, async ({ request, params: { list: id }, input: { of }, reply }) => {
    if (!isId(id)) throw new StandingListNotFound()
    await stopForThem(app.db, staffOf(request), id.toLowerCase(), app.clock())
    const whose = of === undefined ? '' : `of=${of}&`
    return await reply.redirect(`/staff/lists/everyone?${whose}done=stopped#list-${id}`, 303)
  })))

  async function show ({ request, query, reply }: Asked, errors?: FormErrors): Promise<FastifyReply> {
    const page = pageNumber(query.page)
    const of = typeof query.of === 'string' && isId(query.of) ? query.of.toLowerCase() : undefined
    const whose = of === undefined ? null : await app.db.staffMember.findUnique({ where: { id: of } })
    const found = await listEveryonesLists(app.db, whose?.id, { skip: (page - 1) * perPage, take: perPage })
    return reply.page('office/standing-lists/everyones-lists', {
      staff: staffOf(request),
      ...everyonesPageOf({ ...found, page, of: whose === null ? undefined : { id: whose.id, name: whose.name } }),
      done: sentenceFor(done, query.done),
      errors
    })
  }
}
