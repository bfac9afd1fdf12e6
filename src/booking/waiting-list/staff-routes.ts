import type { FastifyPluginAsync } from 'fastify'
import { requirePermission } from '../../identity/staff/roles.ts'
import type { Seal } from '../../platform/seal.ts'
import { oneHoldStaffRoutes } from './hold-staff-routes.ts'
import { supplyRoutes } from './supply-staff-routes.ts'
import { lineRoutes } from './line-staff-routes.ts'
import { groupRoutes } from './group-staff-routes.ts'
import { anotherDateRoutes } from './another-date-staff-routes.ts'

/** How many places there are and are kept, the waiting list, who goes first on it, and another date for those on it. */
export const waitingListStaffRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  requirePermission(app, 'run activities')
  await app.register(supplyRoutes)
  await app.register(lineRoutes)
  await app.register(groupRoutes)
  await app.register(anotherDateRoutes, { seal })
  await app.register(oneHoldStaffRoutes)
}
