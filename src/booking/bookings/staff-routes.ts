import type { FastifyPluginAsync } from 'fastify'
import { listHeadcounts } from '../../programme/activities/known-activities.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { perPage } from '../../programme/activities/staff-page.ts'
import { organising } from '../../programme/activities/staff-routes.ts'
import { pageNumber } from '../../platform/http/url-params.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { attendeesPageOf } from './attendees-staff-page.ts'
import { bookingCancellationRoutes, cancellationRoutes } from './cancel-staff-routes.ts'
import { countAttendees, listAttendeeIds, listAttendees } from './queries.ts'
import { countReached } from './recipients.ts'

/** Who comes to an activity, and cancelling. */
export const bookingStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'know attendees')

  app.get('/activities/:slug/attendees', organising(async ({ staff, activity, query, reply }) => {
    const people = await attendeesOn(activity, pageNumber(query.page))
    return reply.page('booking/bookings/attendees', {
      staff, ...attendeesPageOf({ staff, activity, people }, app.clock())
    })
  }))

  await app.register(cancellationRoutes)
  await app.register(bookingCancellationRoutes)

  async function attendeesOn (activity: KnownActivity, page: number) {
    const activityId = activity.id
    const ids = await listAttendeeIds(app.db, activityId, { skip: (page - 1) * perPage, take: perPage })
    return {
      page,
      attendees: await listAttendees(app.db, ids),
      counts: await countAttendees(app.db, activityId),
      headcounts: await listHeadcounts(app.db, activityId),
      unreached: (await countReached(app.db, activityId)).toCall
    }
  }
}
