import type { FastifyPluginAsync } from 'fastify'
import type { Seal } from '../../platform/seal.ts'
import { attendeesRoutes } from './attendees-staff-routes.ts'
import { bookingCancellationRoutes, bookingsCancellationRoutes, cancellationRoutes } from './cancel-staff-routes.ts'

/** Who comes to an activity, and cancelling. */
export const bookingStaffRoutes: FastifyPluginAsync<{ searchSeal: Seal }> = async (app, given) => {
  await app.register(attendeesRoutes, given)
  await app.register(cancellationRoutes)
  await app.register(bookingCancellationRoutes)
  await app.register(bookingsCancellationRoutes)
}
