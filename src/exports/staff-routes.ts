import { Readable } from 'node:stream'
import type { FastifyPluginAsync } from 'fastify'
import { activityFor } from '../activities/staff-routes.ts'
import { mayKnowAttendees } from '../bookings/disclosure.ts'
import { staffOf } from '../http/session.ts'
import { attendeeList } from './attendee-list.ts'
import { beginExport } from './commands.ts'

/** Lists out, each taken down in the audit trail before its first byte. */
export const exportStaffRoutes: FastifyPluginAsync = async app => {
  app.get<{ Params: { slug: string } }>('/activities/:slug/attendees.csv', async (request, reply) => {
    const staff = staffOf(request)
    const activity = await activityFor(request, request.params.slug)
    if (!mayKnowAttendees(staff, activity)) {
      return reply.code(403).page('staff/not-yours', { staff, leadAgency: activity.leadAgency })
    }

    const now = app.clock()
    const day = now.setZone(activity.zone).toISODate()
    reply.type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="attendees-${activity.slug}-${day}.csv"`)
    // Fastify answers HEAD with this too: nothing is handed out, so there is nothing to take down.
    if (request.method === 'HEAD') return reply.send()
    const ids = await beginExport(app.db, staff, activity, now)
    return reply.send(Readable.from(attendeeList(app.db, ids, activity.zone)))
  })
}
