import type { FastifyPluginAsync } from 'fastify'
import { staffOf } from '../http/session.ts'
import { listActivitiesKnownTo } from './queries.ts'
import { perPage, staffListOf } from './staff-page.ts'

/** What staff see first: the activities that they may know of, and how full they are. */
export const activityStaffRoutes: FastifyPluginAsync = async app => {
  app.get<{ Querystring: { view?: unknown, page?: unknown } }>('/', {
    prefixTrailingSlash: 'no-slash'
  }, async (request, reply) => {
    const staff = staffOf(request)
    const now = app.clock()
    const past = request.query.view === 'past'
    const page = pageNumber(request.query.page)
    const list = await listActivitiesKnownTo(app.db, staff, { past, now, skip: (page - 1) * perPage, take: perPage })
    return reply.page('staff/activities', { staff, ...staffListOf(list, { past, page }, now) })
  })
}

/** Reads a page's number from an address; anything else is the first page. */
export function pageNumber (given: unknown): number {
  return typeof given === 'string' && /^[1-9]\d{0,4}$/.test(given) ? Number(given) : 1
}
