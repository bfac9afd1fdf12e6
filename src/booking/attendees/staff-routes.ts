import type { FastifyPluginAsync } from 'fastify'
import { attendeesRoutes } from './list-staff-routes.ts'
import { bookingCancellationRoutes, bookingsCancellationRoutes, cancellationRoutes } from './cancel-staff-routes.ts'

/** Who comes to an activity, and cancelling. */
export const bookingStaffRoutes: FastifyPluginAsync = async app => {
  await app.register(attendeesRoutes)
  await app.register(cancellationRoutes)
  await app.register(bookingCancellationRoutes)
  await app.register(bookingsCancellationRoutes)
}
