import type { FastifyPluginAsync } from 'fastify'
import type { DateTime } from 'luxon'
import { isToCome } from '../../programme/activities/booking-window.ts'
import { getHostNames } from '../../programme/activities/hosts.ts'
import { getNamesOfNamed } from '../../programme/activities/named-people.ts'
import { listOtherDates } from '../../programme/activities/known-activities.ts'
import type { KnownActivity } from '../../programme/activities/known-activities.ts'
import { organising } from '../../programme/activities/staff-routes.ts'
import { countAttendees } from '../../booking/attendees/queries.ts'
import { countReached } from '../../booking/bookings/recipients.ts'
import { sentenceFor } from '../../platform/http/url-params.ts'
import type { Seal } from '../../platform/seal.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { requirePermission, may } from '../../identity/staff/roles.ts'
import { listCoHosts } from '../co-hosts/queries.ts'
import { findProposalInWords } from '../approval/proposals.ts'
import { answersOf } from '../editor/answers.ts'
import { findPlan } from '../board/queries.ts'
import { listClashesOf } from '../clashes/queries.ts'
import { getCurrentActivity, surroundingsFor } from '../editor/queries.ts'
import { getConcern } from '../home/queries.ts'
import { findAdvice } from '../reports/advice.ts'
import { findNextRunner } from '../successions/queries.ts'
import { countOpen, findSetBeside } from './queries.ts'
import { settingsPageOf } from './settings-staff-page.ts'
import { nextRunnerInWords, overviewOf } from './staff-page.ts'

const done = {
  places: 'The places and the waiting list are changed.',
  arrangements: 'Joining and emails are changed. If people now join in another way, we email those who have a place within minutes, if emails reach them.',
  edited: 'The change is saved. We email everyone it affects within minutes, if emails reach them.',
  'edited-quietly': 'The change is saved, and nobody is told about it. Your reason is in the audit trail.',
  'as-it-was': 'Nothing was changed: it was like that already.',
  planned: 'The plan is saved.',
  created: 'The activity is saved as a draft, which only staff see.',
  published: 'The activity is published.',
  repeated: 'The other days are saved as drafts, which only staff see. They are in the list of activities.',
  'taken-down': 'The activity is a draft again, which only staff see.',
  cancelled: 'The activity is cancelled. We email everyone who had a place or was waiting, if emails reach them.',
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

/** The first page of an activity. */
export const overviewStaffRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  requirePermission(app, 'see activities')

  app.get('/activities/:slug', organising(async ({ staff, activity, query, reply }) => {
    const [now, runs] = [app.clock(), may(staff, 'run activities', activity)]
    const [dates, hosts, coHosts, plan, clashes, people, concern, advice, waiting, next] = await Promise.all([
      listOtherDates(app.db, staff, activity),
      getHostNames(app.db, activity.id),
      listCoHosts(app.db, activity.id, now),
      findPlan(app.db, activity.id),
      listClashesOf(app.db, staff, activity, now),
      may(staff, 'know attendees', activity) ? peopleOf(activity) : undefined,
      may(staff, 'edit activities', activity) ? getConcern(app.db, activity.id) : undefined,
      runs ? adviceFor(staff, activity, now) : undefined,
      findProposalInWords(app.db, seal, activity, staff),
      findNextRunner(app.db, activity.id)
    ])
    return reply.page('office/overview/overview', {
      staff,
      ...overviewOf({ staff, activity, dates, hosts, coHosts, plan, clashes, people, concern, advice }, now),
      waiting,
      nextRunner: next && nextRunnerInWords(next),
      done: doneTo(activity, query.done)
    })
  }))

  await app.register(settingsRoutes, { seal })

  /** While people wait, how many more places could be offered: only a person can act on that. */
  async function adviceFor (staff: StaffMember, activity: KnownActivity, now: DateTime<true>) {
    const { capacity = 0, occupancy } = activity
    if (occupancy.waitingBookings === 0 || capacity === 0 || !isToCome(activity, now)) return undefined
    return await findAdvice(app.db, staff, { ...activity, capacity }, now)
  }

  async function peopleOf ({ id }: KnownActivity) {
    const [counts, open, { toCall }] = await Promise.all([
      countAttendees(app.db, id), countOpen(app.db, id), countReached(app.db, id)
    ])
    return { counts, open, unreached: toCall }
  }
}

/** What is set for an activity. */
const settingsRoutes: FastifyPluginAsync<{ seal: Seal }> = async (app, { seal }) => {
  requirePermission(app, 'edit activities')

  app.get('/activities/:slug/settings', organising(async ({ staff, activity, reply }) => {
    const now = app.clock()
    const [current, around, hosts, coHosts, named, beside] = await Promise.all([
      getCurrentActivity(app.db, seal, activity.slug),
      surroundingsFor(app.db, staff, activity.campaign.districts),
      getHostNames(app.db, activity.id),
      listCoHosts(app.db, activity.id, now),
      getNamesOfNamed(app.db, activity.id),
      findSetBeside(app.db, activity)
    ])
    const answers = answersOf(current)
    const model = settingsPageOf({ staff, activity, answers, around, hosts, coHosts, named, beside }, now)
    return reply.page('office/overview/settings', { staff, ...model })
  }))
}
