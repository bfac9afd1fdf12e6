import type { FastifyPluginAsync } from 'fastify'
import type { DateTime } from 'luxon'
import { countUnreachable, listActivitiesKnownTo } from '../activities/queries.ts'
import { staffOf } from '../http/session.ts'
import type { StaffMember } from '../http/session.ts'
import { allAre, mayEver } from '../staff/roles.ts'
import { dayOf, isDueACheck } from '../support/kept-contact.ts'
import { listKeptContacts } from '../support/queries.ts'
import { findUnanswered, listConcerns, listQuestioned } from './queries.ts'
import { comingOf, mostOfAKind, needsInWords } from './staff-page.ts'
import type { Matters } from './staff-page.ts'

/** How many of the coming activities home shows. */
const most = 10

/** What staff see first. */
export const homeStaffRoutes: FastifyPluginAsync = async app => {
  allAre(app, 'see activities')

  app.get<{ Querystring: { view?: unknown } }>('/', { prefixTrailingSlash: 'no-slash' }, async (request, reply) => {
    // The list of activities stood here, and people have kept its address.
    if (request.query.view === 'past') return reply.redirect('/staff/activities?view=past', 303)
    const staff = staffOf(request)
    const now = app.clock()
    // Hosts see their activities: there is nothing that they could mend.
    const [coming, matters] = await Promise.all([
      listActivitiesKnownTo(app.db, staff, { past: false, now, skip: 0, take: most }),
      mayEver(staff, 'know attendees') ? mattersFor(staff, now) : undefined
    ])
    const needs = matters && needsInWords(matters, now)
    return reply.page('staff/home', { staff, ...comingOf(coming, staff, now), needs })
  })

  /** What is the matter, of what the member of staff may know of and can do something about. */
  async function mattersFor (staff: StaffMember, now: DateTime<true>): Promise<Matters> {
    const [concerns, questioned, unreachable, unanswered, contacts] = await Promise.all([
      listConcerns(app.db, staff, now),
      listQuestioned(app.db, staff, now),
      countUnreachable(app.db, staff, now),
      findUnanswered(app.db, staff, now, mostOfAKind),
      mayEver(staff, 'edit what everybody reads') ? listKeptContacts(app.db) : []
    ])
    const due = contacts.filter(contact => isDueACheck(contact, dayOf(now))).map(({ name }) => name)
    return { concerns, questioned, unreachable, unanswered, contactsDue: due }
  }
}
