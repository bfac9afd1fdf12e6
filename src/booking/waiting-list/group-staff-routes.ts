import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { running } from '../../programme/activities/staff-routes.ts'
import type { Running, RunningAddress } from '../../programme/activities/staff-routes.ts'
import { listPriorityGroups } from '../bookings/queries.ts'
import type { PriorityGroup } from '../bookings/effective-status.ts'
import { form } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { formError } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { PriorityGroupUnknown } from './errors.ts'
import { namePriorityGroup, removePriorityGroup } from './priority-groups.ts'
import { countByPriority } from './queries.ts'
import { buttonForm, groupFields, groupForm, newGroupFields, newGroupForm } from './schema.ts'
import { groupPageOf, groupRemovalPageOf } from './group-staff-page.ts'
import type { done } from './line-staff-routes.ts'

interface GroupAddress extends RunningAddress { Params: { slug: string, rank: string } }

/** What is asked about a priority group, and all groups of its activity. */
type OfGroup = Running<GroupAddress> & { group: PriorityGroup, groups: PriorityGroup[] }

/** The groups of people who go first. */
export const groupRoutes: FastifyPluginAsync = async app => {
  const address = '/activities/:slug/waiting-list/groups'

  app.get(address, running(async asked => await showNew(asked)))

  app.post(address, running(form({
    schema: newGroupForm, fields: newGroupFields, again: showNew
  }, async asked => {
    const { staff, activity, input, reply } = asked
    const groups = await listPriorityGroups(app.db, activity.id)
    const taken = groups.find(({ rank }) => rank === input.rank)
    if (taken !== undefined) {
      reply.code(409)
      return await showNew(asked, formError('rank', `The group “${taken.name}” has this turn. Choose another.`))
    }
    await namePriorityGroup(app.db, activity.id, input, staff, app.clock())
    return await goBack(asked, 'named')
  })))

  app.get(`${address}/:rank`, ofGroup(async asked => show(asked)))

  app.post(`${address}/:rank`, ofGroup(form({
    schema: groupForm, fields: groupFields, again: show
  }, async asked => {
    const { staff, activity, group: { rank }, input } = asked
    await namePriorityGroup(app.db, activity.id, { rank, ...input }, staff, app.clock())
    return await goBack(asked, 'named')
  })))

  app.get(`${address}/:rank/removal`, ofGroup(async asked => await askBack(asked)))

  app.post(`${address}/:rank/removal`, ofGroup(form({
    schema: buttonForm, again: askBack
  }, async asked => {
    const { staff, activity, group: { rank } } = asked
    await removePriorityGroup(app.db, activity.id, rank, staff, app.clock())
    return await goBack(asked, 'removed')
  })))

  /** What is asked about a group, which an address names by its rank. */
  function ofGroup (answer: (asked: OfGroup) => Promise<FastifyReply>) {
    return running<GroupAddress>(async asked => {
      const groups = await listPriorityGroups(app.db, asked.activity.id)
      const group = groups.find(({ rank }) => String(rank) === asked.params.rank)
      if (group === undefined) throw new PriorityGroupUnknown()
      return await answer({ ...asked, group, groups })
    })
  }

  async function showNew ({ staff, activity, body, reply }: Running, errors?: FormErrors): Promise<FastifyReply> {
    const groups = await listPriorityGroups(app.db, activity.id)
    const model = groupPageOf({ activity, groups }, errors && typedOf(body, newGroupFields), errors)
    return reply.page('booking/waiting-list/group', { staff, ...model })
  }

  function show (asked: OfGroup, errors?: FormErrors): FastifyReply {
    const { staff, activity, group: { rank }, groups, body, reply } = asked
    const model = groupPageOf({ activity, groups, rank }, errors && typedOf(body, groupFields), errors)
    return reply.page('booking/waiting-list/group', { staff, ...model })
  }

  async function askBack ({ staff, activity, group, reply }: OfGroup, errors?: FormErrors): Promise<FastifyReply> {
    const people = (await countByPriority(app.db, activity.id)).get(group.rank) ?? 0
    return reply.page('booking/waiting-list/remove-group', { staff, ...groupRemovalPageOf({ activity, group, people }, errors) })
  }

  async function goBack ({ activity, reply }: Running, what: keyof typeof done): Promise<FastifyReply> {
    return await reply.redirect(`/staff/activities/${activity.slug}/waiting-list?done=${what}`, 303)
  }
}
