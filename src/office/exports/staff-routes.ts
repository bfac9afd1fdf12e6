import { Readable } from 'node:stream'
import type { FastifyPluginAsync } from 'fastify'
import { organising } from '../../programme/activities/staff-routes.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { requireRecentSignIn } from '../../identity/staff/recent-sign-in.ts'
import { attendeeList } from './attendee-list.ts'
import { beginExport } from './commands.ts'

/** Exports of attendee lists, each recorded in the audit trail before its first byte is sent. */
export const exportStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'know attendees')
  requireRecentSignIn(app)

  app.get('/activities/:slug/attendees.csv', organising(async ({ staff, activity, reply }) => {
    const now = app.clock()
    const day = now.setZone(activity.zone).toISODate()
    reply.type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="attendees-${activity.slug}-${day}.csv"`)
    // Fastify answers HEAD with this route too: nothing is sent, so there is nothing to record.
    if (reply.request.method === 'HEAD') return reply.send()
    const ids = await beginExport(app.db, staff, activity, now)
    return reply.send(Readable.from(attendeeList(app.db, ids, activity.zone)))
  }))
}
