import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { ActivityNotFound } from '../activities/errors.ts'
import { findActivityKnownTo } from '../activities/queries.ts'
import type { KnownActivity } from '../activities/queries.ts'
import { isSlug } from '../activities/routes.ts'
import { perPage } from '../activities/staff-page.ts'
import { pageNumber } from '../activities/staff-routes.ts'
import { staffOf } from '../http/session.ts'
import { mayKnowAttendees } from './disclosure.ts'
import { countAttendees, listAttendeeIds, listAttendees } from './queries.ts'
import { staffPageOf } from './staff-page.ts'

/** An activity that the member of staff who asks may know of; any other looks like one that does not exist. */
export async function activityFor (request: FastifyRequest, slug: string): Promise<KnownActivity> {
  const activity = isSlug(slug) ? await findActivityKnownTo(request.server.db, staffOf(request), slug) : undefined
  if (activity === undefined) throw new ActivityNotFound()
  return activity
}

interface Address { Params: { slug: string }, Querystring: { page?: unknown } }

/** One activity with who comes. */
export const bookingStaffRoutes: FastifyPluginAsync = async app => {
  app.get<Address>('/activities/:slug', async (request, reply) => {
    const staff = staffOf(request)
    const activity = await activityFor(request, request.params.slug)
    const page = pageNumber(request.query.page)
    const people = mayKnowAttendees(staff, activity) ? await attendeesOn(activity.id, page) : undefined
    return reply.page('staff/activity', { staff, ...staffPageOf(activity, people) })
  })

  async function attendeesOn (activityId: string, page: number) {
    const ids = await listAttendeeIds(app.db, activityId, { skip: (page - 1) * perPage, take: perPage })
    return { page, attendees: await listAttendees(app.db, ids), counts: await countAttendees(app.db, activityId) }
  }
}
