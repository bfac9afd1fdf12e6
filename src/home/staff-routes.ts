import type { FastifyPluginAsync } from 'fastify'
import { countUnreachable, listActivitiesKnownTo } from '../activities/queries.ts'
import { staffOf } from '../http/session.ts'
import { allAre } from '../staff/roles.ts'
import { comingOf } from './staff-page.ts'

/** How many of the coming activities home shows. */
const most = 10

/** What staff see first. */
export const homeStaffRoutes: FastifyPluginAsync = async app => {
  allAre(app, 'see activities')

  app.get<{ Querystring: { view?: unknown } }>('/', { prefixTrailingSlash: 'no-slash' }, async (request, reply) => {
    // The list of activities stood here, and people have kept its address.
    if (request.query.view === 'past') return reply.redirect('/staff/activities?view=past', 303)
    const staff = staffOf(request)
    const now = app.clock()
    const [coming, unreachable] = await Promise.all([
      listActivitiesKnownTo(app.db, staff, { past: false, now, skip: 0, take: most }),
      countUnreachable(app.db, staff, now)
    ])
    return reply.page('staff/home', { staff, ...comingOf(coming, staff, now), unreachable })
  })
}
