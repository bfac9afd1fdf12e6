import type { FastifyPluginAsync } from 'fastify'
import { getHostNames } from '../../programme/activities/hosts.ts'
import { listHeadcounts, listOtherDates } from '../../programme/activities/known-activities.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { perPage } from '../../programme/activities/staff-page.ts'
import { activityFor } from '../../programme/activities/staff-routes.ts'
import { pageNumber, sentenceFor } from '../../platform/http/url-params.ts'
import { staffOf } from '../../identity/staff/session.ts'
import { requirePermission, may } from '../../identity/staff/roles.ts'
import { attendeesPageOf } from './attendees-staff-page.ts'
import { bookingCancellationRoutes, bookingsCancellationRoutes, cancellationRoutes } from './cancel-staff-routes.ts'
import { countAttendees, listAttendeeIds, listAttendees } from './queries.ts'
import { countReached } from './recipients.ts'

interface Address { Params: { slug: string }, Querystring: { page?: unknown, done?: unknown } }

const done = {
  places: 'The places and the waiting list are changed.',
  arrangements: 'Joining and emails are changed. If people now join in another way, we email those who have a place within minutes, if emails reach them.',
  edited: 'The change is saved. We email everyone it affects within minutes, if emails reach them.',
  'edited-quietly': 'The change is saved, and nobody is told about it. Your reason is in the audit trail.',
  'as-it-was': 'Nothing was changed: it was like that already.',
  created: 'The activity is saved as a draft, which only staff see.',
  published: 'The activity is published.',
  repeated: 'The other days are saved as drafts, which only staff see. They are in the list of activities.',
  'taken-down': 'The activity is a draft again, which only staff see.',
  cancelled: 'The activity is cancelled. We email everyone who had a place or was waiting, if emails reach them.',
  'booking-cancelled': 'The booking is cancelled, and we are emailing this person.',
  'booking-cancelled-to-call': 'The booking is cancelled. Emails do not reach this person: call them.',
  'bookings-cancelled': 'The bookings are cancelled, and we are emailing these people.',
  'bookings-cancelled-to-call': 'The bookings are cancelled, and we are emailing those our emails reach. Call the others.',
  'bookings-moved': 'The bookings are moved. We email these people within minutes, if emails reach them.',
  'another-date': 'This is the new date. People who are waiting for the first one are asked in turn, before anyone else.'
}

/**
 * The status that a sentence claims an activity has: if it changed since, as when the address is opened again, the
 * sentence is left out.
 */
const saysThatItIs: Readonly<Record<string, KnownActivity['status']>> = {
  created: 'draft', published: 'published', 'taken-down': 'draft', cancelled: 'cancelled'
}

function doneTo (activity: KnownActivity, asked: unknown): string | undefined {
  const status = typeof asked === 'string' ? saysThatItIs[asked] : undefined
  return status === undefined || status === activity.status ? sentenceFor(done, asked) : undefined
}

/** One activity with how full it is and who comes. */
export const bookingStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'see activities')

  app.get<Address>('/activities/:slug', async (request, reply) => {
    const staff = staffOf(request)
    const activity = await activityFor(request, request.params.slug)
    const page = pageNumber(request.query.page)
    const people = may(staff, 'know attendees', activity) ? await attendeesOn(activity, page) : undefined
    const dates = await listOtherDates(app.db, staff, activity)
    const hosts = await getHostNames(app.db, activity.id)
    return reply.page('booking/bookings/attendees', {
      staff,
      ...attendeesPageOf({ staff, activity, dates, hosts, people }, app.clock()),
      done: doneTo(activity, request.query.done)
    })
  })

  await app.register(cancellationRoutes)
  await app.register(bookingCancellationRoutes)
  await app.register(bookingsCancellationRoutes)

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
