import type { FastifyReply, FastifyRequest } from 'fastify'
import { organising } from '../../programme/activities/staff-routes.ts'
import type { Running } from '../../programme/activities/staff-routes.ts'
import { isOnItsDay, may } from '../../identity/staff/roles.ts'
import { notYetPageOf } from './staff-page.ts'

type Handler = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>

/** As `organising`, but staff who may know only who comes, which means hosts, are let in only on the day. */
export function onTheDay (answer: (asked: Running) => Promise<FastifyReply>): Handler {
  return organising(async asked => {
    const { staff, activity, reply } = asked
    const now = reply.server.clock()
    if (may(staff, 'know attendees', activity) || isOnItsDay(activity, now)) return await answer(asked)
    return reply.code(403).page('office/on-the-day/not-yet', { staff, ...notYetPageOf(activity, staff, now) })
  })
}
