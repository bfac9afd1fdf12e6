import type { FastifyPluginAsync } from 'fastify'
import { parseSearch } from '../../booking/attendees/search-query.ts'
import { findBookings } from '../../booking/bookings/queries.ts'
import { requirePermission } from '../../identity/staff/roles.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { listPending } from '../../mail/emails/pending.ts'
import { listBulletinTextsOf, listEmails } from '../../mail/emails/queries.ts'
import { findStrangerAlarm } from '../../mail/emails/strangers.ts'
import { asking, form } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { pageNumber } from '../../platform/http/url-params.ts'
import { findPeople } from '../people/queries.ts'
import { countLines, listKnown, listLines } from './queries.ts'
import { whyFields, whyForm } from './schema.ts'
import { linesPerPage, toComePageOf } from './staff-page.ts'
import { bookingsPerPage, whyPageOf } from './why-staff-page.ts'

/** More emails than the bookings of a page have. */
const maxEmails = 1000

/** Which emails go next, to how many and why; why someone did or did not get one. */
export const expectedEmailStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'know attendees')

  app.get<{ Querystring: { page?: unknown } }>('/letters/to-come', async (request, reply) => {
    const staff = staffOf(request)
    const now = app.clock()
    const page = pageNumber(request.query.page)
    const [all, strangersSince] = await Promise.all([listLines(app.db, staff, now), findStrangerAlarm(app.db)])
    const lines = await countLines(app.db, all.slice((page - 1) * linesPerPage, page * linesPerPage))
    return reply.page('office/expected-emails/to-come', {
      staff, ...toComePageOf({ lines, total: all.length, page, strangersSince }, now)
    })
  })

  app.get('/letters/why', async (request, reply) =>
    reply.page('office/expected-emails/why', { staff: staffOf(request), ...whyPageOf(undefined, app.clock()) }))

  // It changes nothing and is a POST all the same, as the search for people is: it carries an address or a name.
  app.post('/letters/why', asking(form({
    schema: whyForm,
    fields: whyFields,
    again: ({ request, body, reply }, errors) => {
      const { who: typed } = typedOf(body, whyFields)
      return reply.page('office/expected-emails/why', {
        staff: staffOf(request), typed, ...whyPageOf(undefined, app.clock(), errors)
      })
    }
  }, async ({ request, input: { who: typed, page: asked }, reply }) => {
    const staff = staffOf(request)
    const page = pageNumber(asked)
    const found = await findLogs(staff, typed, page)
    return reply.page('office/expected-emails/why', { staff, ...whyPageOf({ typed, page, ...found }, app.clock()) })
  })))

  /** The bookings of whoever is meant with all their emails; by as many queries for many as for one. */
  async function findLogs (staff: StaffMember, typed: string, page: number) {
    const sought = parseSearch(typed)
    if (sought === undefined) return { bookings: [], total: 0 }
    const { people, total } = await findPeople(
      app.db, staff, sought, app.clock(), { skip: (page - 1) * bookingsPerPage, take: bookingsPerPage })
    const ids = people.map(({ id }) => id)
    const bookings = (await findBookings(app.db, ids)).filter(booking => booking !== undefined)
    const activityIds = bookings.map(({ activityId }) => activityId)
    const [activities, emails, pending, bulletins] = await Promise.all([
      listKnown(app.db, staff, activityIds),
      listEmails(app.db, { bookingIds: ids }, { statuses: undefined, kind: undefined }, { skip: 0, take: maxEmails }),
      listPending(app.db, ids),
      listBulletinTextsOf(app.db, activityIds)
    ])
    return {
      total,
      bookings: bookings.flatMap(booking => {
        const activity = activities.get(booking.activityId)
        if (activity === undefined) return []
        const written = emails.filter(({ bookingId }) => bookingId === booking.id)
        return [{
          staff,
          activity,
          booking,
          emails: written,
          written,
          pending,
          bulletins: bulletins.get(activity.id) ?? new Map()
        }]
      })
    }
  }
}
