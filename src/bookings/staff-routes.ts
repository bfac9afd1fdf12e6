import type { FastifyPluginAsync } from 'fastify'
import { listOtherDates } from '../activities/queries.ts'
import { perPage } from '../activities/staff-page.ts'
import { activityFor, pageNumber, sentenceFor } from '../activities/staff-routes.ts'
import { staffOf } from '../http/session.ts'
import { mayKnowAttendees } from './disclosure.ts'
import { countAttendees, listAttendeeIds, listAttendees } from './queries.ts'
import { staffPageOf } from './staff-page.ts'

interface Address { Params: { slug: string }, Querystring: { page?: unknown, done?: unknown } }

const done = {
  places: 'The places and the waiting list are changed.',
  'another-date': 'This is the other date. Everybody who waits for the first one is being asked now.'
}

/** One activity with how full it is and who comes. */
export const bookingStaffRoutes: FastifyPluginAsync = async app => {
  app.get<Address>('/activities/:slug', async (request, reply) => {
    const staff = staffOf(request)
    const activity = await activityFor(request, request.params.slug)
    const page = pageNumber(request.query.page)
    const people = mayKnowAttendees(staff, activity) ? await attendeesOn(activity.id, page) : undefined
    const dates = await listOtherDates(app.db, staff, activity)
    return reply.page('staff/activity', {
      staff,
      ...staffPageOf({ staff, activity, dates, people }, app.clock()),
      done: sentenceFor(done, request.query.done)
    })
  })

  async function attendeesOn (activityId: string, page: number) {
    const ids = await listAttendeeIds(app.db, activityId, { skip: (page - 1) * perPage, take: perPage })
    return { page, attendees: await listAttendees(app.db, ids), counts: await countAttendees(app.db, activityId) }
  }
}
