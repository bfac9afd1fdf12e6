import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { isSlug, pageNumber } from '../../platform/http/url-params.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { requirePermission, may } from '../../identity/staff/roles.ts'
import { sayWhoMay } from '../../identity/staff/refusal.ts'
import { ActivityNotFound, BookingNotOpen } from './errors.ts'
import { findActivityKnownTo, listActivitiesKnownTo } from './known-activities.ts'
import type { KnownActivity } from './known-activities.ts'
import { perPage, staffListOf } from './staff-page.ts'

/** The activities that staff may know of and how full they are. */
export const activityStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'see activities')

  app.get<{ Querystring: { view?: unknown, page?: unknown, done?: unknown } }>('/activities', async (request, reply) => {
    const staff = staffOf(request)
    const now = app.clock()
    const past = request.query.view === 'past'
    const page = pageNumber(request.query.page)
    const list = await listActivitiesKnownTo(app.db, staff, { past, now, skip: (page - 1) * perPage, take: perPage })
    const done = request.query.done === 'deleted' ? 'The draft is deleted.' : undefined
    return reply.page('programme/activities/activities', { staff, ...staffListOf(list, { staff, past, page }, now), done })
  })
}

/** An activity that the member of staff may know of; any other looks as if it did not exist. */
export async function activityFor (request: FastifyRequest, slug: string): Promise<KnownActivity> {
  const activity = isSlug(slug) ? await findActivityKnownTo(request.server.db, staffOf(request), slug) : undefined
  if (activity === undefined) throw new ActivityNotFound()
  return activity
}

/** URL parameters of a page about running one activity. */
export interface RunningAddress { Params: { slug: string } }

/** A request about an activity, and the member of staff who sent it. */
export interface Running<Address extends RunningAddress = RunningAddress> {
  staff: StaffMember
  activity: KnownActivity
  params: Address['Params']
  query: Readonly<Record<string, unknown>>
  body: unknown
  reply: FastifyReply
}

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** Like `organising`, for routes that exist only if the activity takes bookings. */
export function running (answer: (asked: Running) => Promise<FastifyReply>): Handler
export function running<Address extends RunningAddress> (
  answer: (asked: Running<Address>) => Promise<FastifyReply>
): Handler
export function running<Address extends RunningAddress> (
  answer: (asked: Running<Address>) => Promise<FastifyReply>
): Handler {
  return organising<Address>(async asked => {
    if (asked.activity.booking !== 'places') throw new BookingNotOpen('not-bookable')
    return await answer(asked)
  })
}

/**
 * Lets a route answer only people who may do its task to its activity, by the table of roles. Someone who only may know
 * of the activity reads who may; for anyone else it does not exist.
 */
export function organising (answer: (asked: Running) => Promise<FastifyReply>): Handler
export function organising<Address extends RunningAddress> (
  answer: (asked: Running<Address>) => Promise<FastifyReply>
): Handler
export function organising<Address extends RunningAddress> (
  answer: (asked: Running<Address>) => Promise<FastifyReply>
): Handler {
  return async (request, reply) => {
    const staff = staffOf(request)
    const params = request.params as Address['Params']
    const activity = await activityFor(request, params.slug)
    const { permission } = request.routeOptions.config
    if (permission === undefined || !may(staff, permission, activity)) {
      const { title, slug, leadAgency } = activity
      return sayWhoMay(reply, staff, permission, { title, href: `/staff/activities/${slug}`, leadAgency })
    }
    const query = request.query as Running['query']
    return await answer({ staff, activity, params, query, body: request.body ?? {}, reply })
  }
}

/**
 * Shows a page with the activity as it is by now: after a refusal, what was read before may be just what has changed.
 */
export function anew<A extends Running, More extends unknown[]> (
  show: (asked: A, ...more: More) => FastifyReply | Promise<FastifyReply>
): (asked: A, ...more: More) => Promise<FastifyReply> {
  return async (asked, ...more) => {
    const activity = await activityFor(asked.reply.request, asked.activity.slug)
    return await show({ ...asked, activity }, ...more)
  }
}
