import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { typedOf } from '../http/form-answers.ts'
import { pageNumber } from '../http/in-address.ts'
import { formError, formErrors } from '../http/form-errors.ts'
import type { FormErrors } from '../http/form-errors.ts'
import { staffOf } from '../http/session.ts'
import type { StaffMember } from '../http/session.ts'
import { allAre, may } from '../staff/roles.ts'
import { sayWhoMay } from '../staff/refusal.ts'
import { changeArrangements, changeSupply } from './commands.ts'
import { ActivityNotFound, BookingNotOpen, ListStillNeeded } from './errors.ts'
import { countConfirmed, findActivityKnownTo, listActivitiesKnownTo } from './queries.ts'
import type { KnownActivity } from './queries.ts'
import { isSlug } from './routes.ts'
import { arrangementsFields, arrangementsForm, supplyFields, supplyForm } from './schema.ts'
import { arrangementsPageOf, perPage, staffListOf, supplyPageOf } from './staff-page.ts'

/** The activities that staff may know of and how full they are; and how many places one gives. */
export const activityStaffRoutes: FastifyPluginAsync = async app => {
  allAre(app, 'see activities')

  app.get<{ Querystring: { view?: unknown, page?: unknown } }>('/activities', async (request, reply) => {
    const staff = staffOf(request)
    const now = app.clock()
    const past = request.query.view === 'past'
    const page = pageNumber(request.query.page)
    const list = await listActivitiesKnownTo(app.db, staff, { past, now, skip: (page - 1) * perPage, take: perPage })
    return reply.page('staff/activities', { staff, ...staffListOf(list, { staff, past, page }, now) })
  })

  await app.register(supplyRoutes)
  await app.register(arrangementRoutes)
}

/** An activity that the member of staff who asks may know of; any other looks like one that does not exist. */
export async function activityFor (request: FastifyRequest, slug: string): Promise<KnownActivity> {
  const activity = isSlug(slug) ? await findActivityKnownTo(request.server.db, staffOf(request), slug) : undefined
  if (activity === undefined) throw new ActivityNotFound()
  return activity
}

/** The address of a page about running one activity. */
export interface RunningAddress { Params: { slug: string } }

/** Who asks about an activity, and their question. */
export interface Running<Address extends RunningAddress = RunningAddress> {
  staff: StaffMember
  activity: KnownActivity
  params: Address['Params']
  query: Readonly<Record<string, unknown>>
  body: unknown
  reply: FastifyReply
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** As `organising`, for what there is only where places are booked. */
export function running<Address extends RunningAddress> (
  answer: (asked: Running<Address>) => Promise<FastifyReply>
): Handler {
  return organising<Address>(async asked => {
    if (asked.activity.booking !== 'places') throw new BookingNotOpen('not-bookable')
    return await answer(asked)
  })
}

/**
 * Lets a route answer only those who may do to its activity what the route does, by the table of roles. Whoever
 * may know of the activity and no more reads who may; for anybody else it is not there.
 */
export function organising<Address extends RunningAddress> (
  answer: (asked: Running<Address>) => Promise<FastifyReply>
): Handler {
  return async (request, reply) => {
    const staff = staffOf(request)
    const params = request.params as Address['Params']
    const activity = await activityFor(request, params.slug)
    const { task } = request.routeOptions.config
    if (task === undefined || !may(staff, task, activity)) {
      const { title, slug, leadAgency } = activity
      return sayWhoMay(reply, staff, task, { title, href: `/staff/activities/${slug}`, leadAgency })
    }
    const query = request.query as Running['query']
    return await answer({ staff, activity, params, query, body: request.body ?? {}, reply })
  }
}

/** How people get in and which letters they get before and after. */
const arrangementRoutes: FastifyPluginAsync = async app => {
  allAre(app, 'run activities')
  const address = '/activities/:slug/arrangements'

  app.get(address, running(async asked => await show(asked, 200)))

  app.post(address, running(async asked => {
    const { staff, activity, body, reply } = asked
    const read = arrangementsForm(activity).safeParse(body)
    if (!read.success) return await show(asked, 400, formErrors(read.error, arrangementsFields))
    await changeArrangements(app.db, app.outbox, activity.id, read.data, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}?done=arrangements`, 303)
  }))

  // Cancelled or over by now: the page says so itself.
  app.setErrorHandler(async (error, request, reply) => {
    if (!(error instanceof BookingNotOpen)) throw error
    return await running(async asked => await show(asked, 409))(request, reply)
  })

  async function show ({ staff, activity, body, reply }: Running, status: number, errors?: FormErrors) {
    const people = await countConfirmed(app.db, activity.id)
    const given = errors && { typed: body, errors }
    const model = arrangementsPageOf(activity, people, app.clock(), given)
    return reply.code(status).page('staff/arrangements', { staff, ...model })
  }
}

/** How many places an activity gives and how its waiting list works. */
const supplyRoutes: FastifyPluginAsync = async app => {
  allAre(app, 'run activities')
  const address = '/activities/:slug/places'

  app.get(address, running(async ({ staff, activity, reply }) =>
    reply.page('staff/places', { staff, ...supplyPageOf(activity) })))

  app.post(address, running(async asked => {
    const { staff, activity, body, reply } = asked
    const read = supplyForm.safeParse(body)
    if (!read.success) return showAgain(asked, 400, formErrors(read.error, supplyFields))
    await changeSupply(app.db, app.outbox, activity.id, read.data, staff, app.clock())
    return await reply.redirect(`/staff/activities/${activity.slug}?done=places`, 303)
  }))

  app.setErrorHandler(async (error, request, reply) => {
    if (!(error instanceof ListStillNeeded)) throw error
    const errors = formError('waiting_list', error.message)
    return await running(async asked => showAgain(asked, 409, errors))(request, reply)
  })

  function showAgain ({ staff, activity, body, reply }: Running, status: number, errors: FormErrors): FastifyReply {
    const typed = typedOf(body, supplyFields)
    return reply.code(status).page('staff/places', { staff, ...supplyPageOf(activity, typed, errors) })
  }
}
