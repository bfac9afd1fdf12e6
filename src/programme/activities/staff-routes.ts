import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { DateTime } from 'luxon'
import { asking, query } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isSlug, pageNumber } from '../../platform/http/url-params.ts'
import { lastPageOf, perPage } from '../../platform/http/pagination.ts'
import { officeZone } from '../../platform/clock.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { requirePermission, may } from '../../identity/staff/roles.ts'
import { sayWhoMay } from '../../identity/staff/refusal.ts'
import { listAgencies } from '../campaigns/queries.ts'
import { calendarMonth } from './calendar-month.ts'
import { ActivityNotFound, BookingNotOpen } from './errors.ts'
import { findActivityKnownTo } from './known-activities.ts'
import { findKnownSpan, listActivitiesKnownTo, listKnownBetween, listKnownCampaigns } from './list-queries.ts'
import type { KnownActivity } from './known-activities.ts'
import { listFields, listFilter } from './list-filter.ts'
import type { ListFilter } from './list-filter.ts'
import { filterFormOf, monthShown, nothingListedOf, staffCalendarOf, staffListOf } from './list-staff-page.ts'
import type { Choices, Elsewhere } from './list-staff-page.ts'
import { runningOf } from './staff-page.ts'

/** Most activities in a calendar; more in a month are too many for a table. */
const mostInCalendar = 300

/** What is asked of the list by a member of staff, and what they can choose from. */
type Asking = Asked & { staff: StaffMember, choices: Choices }

/** The activities that staff may know of and how full they are, as a list and as a calendar. */
export const activityStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'see activities')

  app.get('/activities', choosing(query({
    schema: ({ choices }: Asking) => listFilter(choices), fields: listFields, again: showNothing
  }, showList)))

  async function showList (asked: Asking & { input: ListFilter }): Promise<FastifyReply> {
    const { staff, choices, query, input: filter, reply } = asked
    const now = app.clock()
    if (filter.asCalendar) return await showCalendar(asked, now)
    const page = pageNumber(query.page)
    const { when } = filter
    const listOf = async (page: number) => {
      const window = { skip: (page - 1) * perPage, take: perPage, of: filter }
      return when === 'to-come' || when === 'past'
        ? await listActivitiesKnownTo(app.db, staff, { past: when === 'past', now, ...window })
        : await listKnownBetween(app.db, staff, { ...calendarMonth(when, officeZone, now), ...window })
    }
    let found = await listOf(page)
    // Further back than the last page there is nothing any more: some are gone since the link was made.
    const shown = Math.min(page, lastPageOf(found.total))
    if (shown !== page) found = await listOf(shown)
    const elsewhere = await findElsewhere(staff, filter, found, now)
    return reply.page('programme/activities/activities', {
      staff,
      ...filterFormOf(choices, typedOf(query, listFields), officeZone),
      ...staffListOf({ staff, filter, found, elsewhere }, shown, now),
      done: query.done === 'deleted' ? 'The draft is deleted.' : undefined
    })
  }

  async function showCalendar (
    { staff, choices, query, input: filter, reply }: Asking & { input: ListFilter }, now: DateTime<true>
  ): Promise<FastifyReply> {
    const month = monthShown(filter, officeZone, now)
    const found = await listKnownBetween(app.db, staff, { ...month, skip: 0, take: mostInCalendar, of: filter })
    const elsewhere = await findElsewhere(staff, filter, found, now)
    return reply.page('programme/activities/calendar', {
      staff,
      ...filterFormOf(choices, { ...typedOf(query, listFields), view: month.month }, officeZone),
      ...staffCalendarOf({ staff, filter, found, elsewhere }, month, officeZone)
    })
  }

  /** Where nothing is found, how much of the same there is at other times. */
  async function findElsewhere (
    staff: StaffMember, filter: ListFilter, { total }: { total: number }, now: DateTime<true>
  ): Promise<Elsewhere[]> {
    if (total > 0) return []
    const others = (['to-come', 'past'] as const).filter(when => when !== filter.when || filter.asCalendar)
    return await Promise.all(others.map(async when => {
      const { total } = await listActivitiesKnownTo(
        app.db, staff, { past: when === 'past', now, skip: 0, take: 0, of: filter })
      return { when, total }
    }))
  }

  function showNothing ({ staff, choices, query, reply }: Asking, errors: FormErrors): FastifyReply {
    return reply.page('programme/activities/activities', {
      staff, ...nothingListedOf(choices, typedOf(query, listFields), officeZone, errors)
    })
  }

  /** Reads what this person can choose from. */
  function choosing (answer: (asked: Asking) => Promise<FastifyReply>) {
    return asking(async asked => {
      const staff = staffOf(asked.request)
      const [campaigns, agencies, span] = await Promise.all([
        listKnownCampaigns(app.db, staff), listAgencies(app.db), findKnownSpan(app.db, staff)
      ])
      return await answer({ ...asked, staff, choices: { campaigns, agencies, span } })
    })
  }
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
      return sayWhoMay(reply, staff, permission, { page: runningOf(activity), leadAgency: activity.leadAgency })
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
