import type { FastifyPluginAsync } from 'fastify'
import type { DateTime } from 'luxon'
import { listActivitiesKnownTo, listOverToday } from '../../programme/activities/list-queries.ts'
import { findStrangerAlarm } from '../../mail/emails/strangers.ts'
import { countUnreachable } from '../../mail/emails/unreachable.ts'
import type { Reader } from '../../platform/database/connect.ts'
import { staffOf } from '../../identity/staff/session.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import { countTrapped } from '../../platform/http/trap.ts'
import { officeZone } from '../../platform/clock.ts'
import { listToApprove } from '../approval/ask.ts'
import { listPlannedCampaigns } from '../cycle/queries.ts'
import { comingDatesOf, lookedAheadTo } from '../cycle/staff-page.ts'
import { brokenIn } from '../invariants/check.ts'
import { findLastCheck } from '../invariants/queries.ts'
import { listSuccessionsOfTheseDays } from '../successions/queries.ts'
import { listLegalHoldsToReview } from '../legal-holds/queries.ts'
import { listOpenRequests } from '../requests/queries.ts'
import { countOpenRequests } from '../resource-requests/queries.ts'
import { requirePermission, mayEver } from '../../identity/staff/roles.ts'
import { dayOf, isDueACheck } from '../../programme/support/kept-contact.ts'
import { listKeptContacts } from '../../programme/support/queries.ts'
import { listResources } from '../../programme/resources/queries.ts'
import { isLow } from '../../programme/resources/resource.ts'
import { daysShown, everyDay } from './bookings-per-day.ts'
import type { DayOfBookings } from './bookings-per-day.ts'
import { chartOf } from './chart.ts'
import { countBookingsPerDay, findConcernsOfCoHost, findUnanswered, listConcerns, listWithOpenQuestions, listWithoutAttendance } from './queries.ts'
import { comingOf, perDayOf, trappedInWords } from './staff-page.ts'
import { maxOfAKind, needsInWords } from './needs-in-words.ts'
import type { OpenIssues } from './needs-in-words.ts'

/** Number of coming activities on the home page. */
const most = 10

/** The home page for staff. */
export const homeStaffRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'see activities')

  app.get<{ Querystring: { view?: unknown } }>('/', { prefixTrailingSlash: 'no-slash' }, async (request, reply) => {
    // The list of activities used to be here, and people have bookmarks to it.
    if (request.query.view === 'past') return reply.redirect('/staff/activities?view=past', 303)
    const staff = staffOf(request)
    const now = app.clock()
    // Hosts see their activities: there is nothing that they could deal with.
    const knowsWhoComes = mayEver(staff, 'know attendees')
    const [coming, over, concerns, matters, days, forms, toApprove, planned] = await Promise.all([
      listActivitiesKnownTo(app.db, staff, { past: false, own: true, now, skip: 0, take: most }),
      // Others read below what is not noted yet, for longer than this day.
      knowsWhoComes ? [] : listOverToday(app.db, staff, now),
      findConcernsOfCoHost(app.db, staff, now),
      knowsWhoComes ? mattersFor(app.db, staff, now) : undefined,
      knowsWhoComes ? bookingsPerDay(app.db, staff, now) : undefined,
      mayEver(staff, 'manage staff') ? countTrapped(app.db, now.minus({ days: daysShown }).toJSDate()) : 0,
      mayEver(staff, 'approve activities') ? listToApprove(app.db, staff, now) : [],
      mayEver(staff, 'edit what everyone reads') ? listPlannedCampaigns(app.db, now) : []
    ])
    return reply.page('office/home/home', {
      staff,
      ...comingOf(coming, over, concerns, staff, now),
      needs: matters && needsInWords(matters, now),
      perDay: days && perDayOf(days),
      trapped: trappedInWords(forms),
      toApprove: toApprove.length,
      isToCancel: toApprove.some(({ about }) => about === 'cancelling'),
      dates: comingDatesOf(planned, dayOf(now), lookedAheadTo(now, officeZone))
    })
  })

  await app.register(pictureRoutes)
}

/**
 * The chart on the home page. At its own address, because drawing it takes longer than the rest of the page, which
 * appears at once and says the same in words.
 */
const pictureRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'know attendees')

  app.get<{ Querystring: { size?: unknown } }>('/bookings-per-day.svg', async (request, reply) => {
    const days = await bookingsPerDay(app.db, staffOf(request), app.clock())
    return reply.type('image/svg+xml; charset=utf-8').send(await chartOf(days, request.query.size === 'narrow' ? 'narrow' : 'wide'))
  })
}

/** Everything that needs attention, limited to what the member of staff may see and can deal with. */
async function mattersFor (db: Reader, staff: StaffMember, now: DateTime<true>): Promise<OpenIssues> {
  const answers = mayEver(staff, 'answer for personal data')
  const [
    concerns, questioned, unnoted, strangersSince, unreachable, unanswered, contacts, requests, holdsToReview,
    openRequests, resources, lastCheck, successions
  ] = await Promise.all([
    listConcerns(db, staff, now),
    listWithOpenQuestions(db, staff, now),
    listWithoutAttendance(db, staff, now),
    findStrangerAlarm(db),
    countUnreachable(db, staff, now),
    findUnanswered(db, staff, now, maxOfAKind),
    mayEver(staff, 'edit what everyone reads') ? listKeptContacts(db) : [],
    answers ? listOpenRequests(db) : [],
    answers ? listLegalHoldsToReview(db, dayOf(now)) : [],
    mayEver(staff, 'pack resources') ? countOpenRequests(db) : [],
    mayEver(staff, 'run resources') ? listResources(db) : [],
    mayEver(staff, 'manage staff') ? findLastCheck(db) : undefined,
    mayEver(staff, 'manage staff') ? listSuccessionsOfTheseDays(db, now) : []
  ])
  const due = contacts.filter(contact => isDueACheck(contact, dayOf(now))).map(({ name }) => name)
  // Who only packs has nothing to do with what waits for an answer.
  const resourceRequests = openRequests.filter(({ status }) => status !== 'asked' || mayEver(staff, 'run resources'))
  return {
    concerns,
    successions,
    questioned,
    unnoted,
    strangersSince,
    unreachable,
    unanswered,
    requests,
    holdsToReview,
    resourceRequests,
    resourcesLow: resources.filter(isLow),
    contactsDue: due,
    broken: lastCheck === undefined ? [] : brokenIn(lastCheck)
  }
}

async function bookingsPerDay (db: Reader, staff: StaffMember, now: DateTime<true>): Promise<DayOfBookings[]> {
  return everyDay(await countBookingsPerDay(db, staff, now), dayOf(now))
}
