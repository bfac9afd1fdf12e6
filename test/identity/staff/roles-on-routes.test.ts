import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { buildApp } from '../../../src/app.ts'
import type { AppParts } from '../../../src/app/app-parts.ts'
import type { Db } from '../../../src/platform/database/connect.ts'
import type { StaffMember } from '../../../src/platform/database/generated/client.ts'
import { hashOf } from '../../../src/identity/staff/token.ts'
import { aCoHost } from '../../support/co-hosts.ts'
import { changesOf } from '../../support/changes.ts'
import { isWhole } from '../../support/depth.ts'
import { addressOf, everything, giveTheirs, ofAttendees } from '../../support/everything.ts'
import { staffRoutes, withItsRoutes } from '../../support/routes.ts'
import { noReports, partsOf, post } from '../../support/service.ts'
import { aLink, anAgency, cookieOf, signedIn } from '../../support/staff.ts'
import { noon, world } from '../../support/world.ts'

/**
 * Everyone who is no stranger, in relation to an activity led by one agency, in which another takes part, and which
 * takes place today.
 */
const people = {
  admin: { role: 'admin' },
  'organiser of the partnership': { role: 'organiser' },
  'organiser of the leading agency': { role: 'organiser', of: 'leading' },
  'organiser of an agency that takes part': { role: 'organiser', of: 'takingPart' },
  'organiser of an agency with no part': { role: 'organiser', of: 'another' },
  'staff of the partnership': { role: 'staff' },
  'staff of the leading agency': { role: 'staff', of: 'leading' },
  'staff of an agency that takes part': { role: 'staff', of: 'takingPart' },
  'staff of an agency with no part': { role: 'staff', of: 'another' },
  'host of the activity, on its day': { role: 'host', hosts: true },
  'host of the activity, the day before': { role: 'host', hosts: true, at: noon.minus({ days: 1 }) },
  'host of another activity': { role: 'host' },
  'co-host of another agency, on its day': { role: 'host', of: 'another', coHosts: true },
  'co-host of another agency, the day before': { role: 'host', of: 'another', coHosts: true, at: noon.minus({ days: 1 }) },
  'organiser of another agency who co-hosts, the day before': {
    role: 'organiser', of: 'another', coHosts: true, at: noon.minus({ days: 1 })
  }
} as const satisfies Record<string, {
  role: string, of?: 'leading' | 'takingPart' | 'another', hosts?: boolean, coHosts?: boolean, at?: typeof noon
}>

/** An answer for each of the people, in order: yes, 403 with who may, or 404 as if it did not exist. */
const answers = {
  // admin; organisers of the partnership, the leading agency, one that takes part, one with no part; staff of the
  // same; hosts of it today, of it the day before, of another; co-hosts today, the day before, and one who is an
  // organiser elsewhere
  'of an activity': {
    'see activities': /*           */ 'yes  yes yes yes 404  yes yes yes 404  yes yes 404  yes yes yes',
    'see people on the day': /*          */ 'yes  yes yes 403 404  yes yes 403 404  yes 403 404  yes 403 403',
    'record attendance': /*              */ 'yes  yes yes 403 404  yes yes 403 404  yes 403 404  yes 403 403',
    'know attendees': /*           */ 'yes  yes yes 403 404  yes yes 403 404  403 403 403  403 403 403',
    'settle questions': /*         */ 'yes  yes yes 403 404  yes yes 403 404  403 403 403  403 403 403',
    'run activities': /*           */ 'yes  yes yes 403 404  403 403 403 403  403 403 403  403 403 403',
    'edit activities': /*          */ 'yes  yes yes 403 404  403 403 403 403  403 403 403  yes yes yes',
    'admit people': /*             */ 'yes  yes yes 403 404  403 403 403 403  403 403 403  yes yes yes',
    'approve activities': /*       */ 'yes  yes yes yes 404  403 403 403 403  403 403 403  403 403 yes',
    'answer for personal data': /* */ 'yes  403 403 403 403  403 403 403 403  403 403 403  403 403 403'
  },
  // Of a campaign by its activity: those who make activities choose from all campaigns.
  'of a board': {
    'see activities': /*           */ 'yes  yes yes yes yes  yes yes yes 404  yes yes 404  yes yes yes',
    'create activities': /*        */ 'yes  yes yes yes yes  403 403 403 403  403 403 403  403 403 yes'
  },
  // Of a campaign by what one leads in it; those who make campaigns know all.
  'of a report': {
    'see reports': /*              */ 'yes  yes yes 404 404  yes yes 404 404  403 403 403  403 403 404'
  },
  'of all': {
    'have an account': /*          */ 'yes  yes yes yes yes  yes yes yes yes  yes yes yes  yes yes yes',
    'see activities': /*           */ 'yes  yes yes yes yes  yes yes yes yes  yes yes yes  yes yes yes',
    'know attendees': /*           */ 'yes  yes yes yes yes  yes yes yes yes  403 403 403  403 403 yes',
    'see reports': /*              */ 'yes  yes yes yes yes  yes yes yes yes  403 403 403  403 403 yes',
    'approve activities': /*       */ 'yes  yes yes yes yes  403 403 403 403  403 403 403  403 403 yes',
    'create activities': /*        */ 'yes  yes yes yes yes  403 403 403 403  403 403 403  403 403 yes',
    'see what emails say': /*     */ 'yes  yes yes yes yes  yes yes yes yes  403 403 403  403 403 yes',
    'edit what everyone reads': /**/ 'yes  yes 403 403 403  403 403 403 403  403 403 403  403 403 403',
    'pack resources': /*           */ 'yes  yes 403 403 403  yes 403 403 403  403 403 403  403 403 403',
    'run resources': /*            */ 'yes  yes 403 403 403  403 403 403 403  403 403 403  403 403 403',
    'manage staff': /*             */ 'yes  403 403 403 403  403 403 403 403  403 403 403  403 403 403',
    'read the audit trail': /*     */ 'yes  403 403 403 403  403 403 403 403  403 403 403  403 403 403',
    'answer for personal data': /* */ 'yes  403 403 403 403  403 403 403 403  403 403 403  403 403 403'
  }
}

/** People who may read the names of attendees, on any page. */
const mayReadNames: readonly string[] = [
  'admin', 'organiser of the partnership', 'organiser of the leading agency',
  'staff of the partnership', 'staff of the leading agency', 'host of the activity, on its day',
  'co-host of another agency, on its day'
]

/** Every address of the organisers' side: its methods (a GET answers HEAD as well) and its task. */
const routes: Record<string, [methods: string, permission: string]> = {
  '/staff/sign-in': ['GET POST', 'signing in'],
  '/staff/sign-in/code': ['GET POST', 'signing in'],
  '/staff/sign-in/factor': ['GET POST', 'signing in'],
  '/staff/sign-in/:token': ['GET POST', 'signing in'],
  '/staff/sign-in/openid': ['POST', 'signing in'],
  '/staff/sign-in/openid/return': ['GET', 'signing in'],
  '/staff/sign-out': ['POST', 'signing in'],
  '/staff/signed-out': ['GET', 'signing in'],

  '/staff': ['GET', 'see activities'],
  '/staff/bookings-per-day.svg': ['GET', 'know attendees'],
  '/staff/account': ['GET', 'have an account'],
  '/staff/account/everyone': ['GET', 'manage staff'],
  '/staff/account/second-factor': ['GET', 'have an account'],
  '/staff/account/second-factor/new': ['GET POST', 'have an account'],
  '/staff/account/second-factor/removal': ['POST', 'have an account'],
  '/staff/again': ['GET POST', 'have an account'],
  '/staff/again/letter': ['POST', 'have an account'],
  '/staff/again/openid': ['POST', 'have an account'],
  '/staff/members/:id/second-factor': ['GET POST', 'manage staff'],
  '/staff/account/sessions/:id/end': ['POST', 'have an account'],
  '/staff/account/work-account': ['POST', 'have an account'],
  '/staff/account/work-account/disconnection': ['POST', 'have an account'],
  '/staff/account/other-sessions/end': ['POST', 'have an account'],
  '/staff/people': ['GET POST', 'know attendees'],
  '/staff/disclosure': ['GET', 'have an account'],
  '/staff/members': ['GET', 'manage staff'],
  '/staff/members/new': ['GET POST', 'manage staff'],
  '/staff/members/:id': ['GET POST', 'manage staff'],
  '/staff/members/:id/disabling': ['GET POST', 'manage staff'],
  '/staff/members/:id/enabling': ['GET POST', 'manage staff'],
  '/staff/letters': ['GET', 'know attendees'],
  '/staff/letters/to-come': ['GET', 'know attendees'],
  '/staff/letters/why': ['GET POST', 'know attendees'],
  '/staff/letters/kinds': ['GET', 'see what emails say'],
  '/staff/letters/kinds/:kind': ['GET', 'see what emails say'],
  '/staff/campaigns': ['GET', 'edit what everyone reads'],
  '/staff/campaigns/new': ['GET POST', 'edit what everyone reads'],
  '/staff/campaigns/:slug': ['GET POST', 'edit what everyone reads'],
  '/staff/campaigns/:slug/key-messages': ['GET POST', 'edit what everyone reads'],
  '/staff/campaigns/:slug/press': ['GET POST', 'edit what everyone reads'],
  '/staff/campaigns/:slug/basics': ['GET POST', 'edit what everyone reads'],
  '/staff/campaigns/:slug/advice': ['GET', 'edit what everyone reads'],
  '/staff/campaigns/:slug/advice/new': ['GET POST', 'edit what everyone reads'],
  '/staff/advice': ['GET', 'edit what everyone reads'],
  '/staff/advice/new': ['GET POST', 'edit what everyone reads'],
  '/staff/advice/:id': ['GET POST', 'edit what everyone reads'],
  '/staff/advice/:id/removal': ['GET POST', 'edit what everyone reads'],
  '/staff/campaigns/:slug/cycle': ['GET POST', 'edit what everyone reads'],
  '/staff/campaigns/:slug/outcomes': ['GET', 'edit what everyone reads'],
  '/staff/campaigns/:slug/outcomes/asking': ['POST', 'edit what everyone reads'],
  '/staff/campaigns/:slug/outcomes/again': ['POST', 'edit what everyone reads'],
  '/staff/campaigns/:slug/outcomes/learning': ['POST', 'edit what everyone reads'],
  '/staff/campaigns/:slug/outcomes/thanks': ['POST', 'edit what everyone reads'],
  '/staff/activities/:slug/outcome': ['GET POST', 'run activities'],
  '/staff/campaigns/:slug/report': ['GET', 'see reports'],
  '/staff/campaigns/:slug/report.csv': ['GET', 'see reports'],
  '/staff/campaigns/:slug/report.pdf': ['GET', 'see reports'],
  '/staff/campaigns/:slug/board': ['GET', 'see activities'],
  '/staff/campaigns/:slug/board.csv': ['GET', 'see activities'],
  '/staff/campaigns/:slug/board/stages': ['POST', 'create activities'],
  '/staff/campaigns/:slug/board/deletion': ['POST', 'create activities'],
  '/staff/campaigns/:slug/clashes': ['GET', 'see activities'],
  '/staff/campaigns/:slug/clashes.csv': ['GET', 'see activities'],
  '/staff/feeds': ['GET POST', 'create activities'],
  '/staff/feeds/:feed/end': ['GET POST', 'create activities'],
  '/staff/campaigns/:slug/copy': ['GET POST', 'edit what everyone reads'],
  '/staff/scenarios': ['GET', 'edit what everyone reads'],
  '/staff/scenarios/new': ['GET POST', 'edit what everyone reads'],
  '/staff/scenarios/:slug': ['GET', 'edit what everyone reads'],
  '/staff/scenarios/:slug/text': ['GET POST', 'edit what everyone reads'],
  '/staff/scenarios/:slug/publishing': ['POST', 'edit what everyone reads'],
  '/staff/scenarios/:slug/take-down': ['POST', 'edit what everyone reads'],
  '/staff/scenarios/:slug/deletion': ['POST', 'edit what everyone reads'],
  '/staff/scenarios/:slug/play': ['GET', 'edit what everyone reads'],
  '/staff/scenarios/:slug/play/:step': ['GET', 'edit what everyone reads'],
  '/staff/support': ['GET', 'edit what everyone reads'],
  '/staff/support/new': ['GET POST', 'edit what everyone reads'],
  '/staff/support/:id': ['GET POST', 'edit what everyone reads'],
  '/staff/support/:id/check': ['POST', 'edit what everyone reads'],
  '/staff/support/:id/removal': ['GET POST', 'edit what everyone reads'],
  '/staff/resources': ['GET', 'pack resources'],
  '/staff/resources/export': ['POST', 'run resources'],
  '/staff/resources/packing-lists': ['GET', 'pack resources'],
  '/staff/resources/totals': ['GET', 'pack resources'],
  '/staff/resources/totals.csv': ['GET', 'pack resources'],
  '/staff/campaigns/:slug/entry-form': ['GET POST', 'edit what everyone reads'],
  '/staff/campaigns/:slug/entries': ['GET', 'edit what everyone reads'],
  '/staff/campaigns/:slug/entries/file': ['POST', 'edit what everyone reads'],
  '/staff/campaigns/:slug/entries/:entry/link': ['POST', 'edit what everyone reads'],
  '/staff/campaigns/:slug/entries/invitation': ['GET POST', 'edit what everyone reads'],
  '/staff/approvals/reading': ['GET POST', 'approve activities'],
  '/staff/entries/refusal': ['POST', 'approve activities'],
  '/staff/resources/requests/:id': ['GET', 'pack resources'],
  '/staff/resources/requests/:id/packing-list': ['GET', 'pack resources'],
  '/staff/resources/requests/:id/packing': ['POST', 'pack resources'],
  '/staff/resources/requests/:id/handing-over': ['POST', 'pack resources'],
  '/staff/resources/requests/:id/approval': ['POST', 'run resources'],
  '/staff/resources/requests/:id/refusal': ['POST', 'run resources'],
  '/staff/resources/stock': ['GET', 'run resources'],
  '/staff/resources/stock/new': ['GET POST', 'run resources'],
  '/staff/resources/stock/:id': ['GET POST', 'run resources'],
  '/staff/resources/stock/:id/count': ['POST', 'run resources'],
  '/staff/resources/stock/:id/retirement': ['POST', 'run resources'],
  '/staff/resources/downloads': ['GET POST', 'run resources'],
  '/staff/resources/downloads/:id/removal': ['POST', 'run resources'],
  '/staff/agencies': ['GET POST', 'manage staff'],
  '/staff/agencies/:slug': ['POST', 'manage staff'],
  '/staff/successions': ['GET POST', 'manage staff'],
  '/staff/successions/replies': ['POST', 'manage staff'],
  '/staff/successions/:id/withdrawal': ['POST', 'manage staff'],
  '/staff/reports': ['GET', 'see reports'],
  '/staff/reports/no-shows': ['GET', 'see reports'],
  '/staff/reports/report.csv': ['GET', 'see reports'],
  '/staff/reports/report.pdf': ['GET', 'see reports'],
  '/staff/audit': ['GET', 'read the audit trail'],
  '/staff/audit/export': ['POST', 'read the audit trail'],

  '/staff/requests': ['GET', 'answer for personal data'],
  '/staff/requests/new': ['GET POST', 'answer for personal data'],
  '/staff/requests/:id': ['GET POST', 'answer for personal data'],
  '/staff/requests/:id/extension': ['GET POST', 'answer for personal data'],
  '/staff/requests/:id/told': ['POST', 'answer for personal data'],
  '/staff/person': ['GET POST', 'answer for personal data'],
  '/staff/person/file': ['POST', 'answer for personal data'],
  '/staff/person/erasure': ['POST', 'answer for personal data'],
  '/staff/legal-holds': ['GET', 'answer for personal data'],
  '/staff/legal-holds/new': ['GET POST', 'answer for personal data'],
  '/staff/legal-holds/:id': ['GET POST', 'answer for personal data'],
  '/staff/legal-holds/:id/lifting': ['GET POST', 'answer for personal data'],
  '/staff/activities/:slug/legal-hold': ['GET POST', 'answer for personal data'],

  '/staff/activities': ['GET', 'see activities'],
  '/staff/activities/new': ['GET POST', 'create activities'],
  '/staff/activities/:slug': ['GET', 'see activities'],
  '/staff/activities/:slug/settings': ['GET', 'edit activities'],
  '/staff/activities/:slug/attendees': ['GET POST', 'know attendees'],
  '/staff/activities/:slug/edit': ['GET POST', 'edit activities'],
  '/staff/activities/:slug/publish': ['GET POST', 'run activities'],
  '/staff/activities/:slug/take-down': ['POST', 'run activities'],
  '/staff/activities/:slug/repeat': ['GET POST', 'run activities'],
  '/staff/activities/:slug/plan': ['GET POST', 'run activities'],
  '/staff/activities/:slug/deletion': ['GET POST', 'run activities'],
  '/staff/activities/:slug/cancellation': ['GET POST', 'run activities'],
  '/staff/activities/:slug/withdrawal': ['GET POST', 'run activities'],
  '/staff/activities/:slug/places': ['GET POST', 'run activities'],
  '/staff/activities/:slug/arrangements': ['GET POST', 'run activities'],
  '/staff/activities/:slug/meeting': ['GET POST', 'edit activities'],
  '/staff/activities/:slug/meeting/link': ['POST', 'edit activities'],
  '/staff/activities/:slug/meeting/another-try': ['POST', 'edit activities'],
  '/staff/activities/:slug/meeting/replacement': ['GET POST', 'edit activities'],
  '/staff/activities/:slug/holds': ['GET POST', 'run activities'],
  '/staff/activities/:slug/holds/:hold': ['GET POST', 'run activities'],
  '/staff/activities/:slug/holds/:hold/return': ['GET POST', 'run activities'],
  '/staff/activities/:slug/waiting-list': ['GET', 'admit people'],
  '/staff/activities/:slug/waiting-list/:booking/group': ['POST', 'run activities'],
  '/staff/activities/:slug/waiting-list/:booking/place': ['POST', 'admit people'],
  '/staff/activities/:slug/waiting-list/groups': ['GET POST', 'run activities'],
  '/staff/activities/:slug/waiting-list/groups/:rank': ['GET POST', 'run activities'],
  '/staff/activities/:slug/waiting-list/groups/:rank/removal': ['GET POST', 'run activities'],
  '/staff/activities/:slug/another-date': ['GET POST', 'run activities'],
  '/staff/activities/:slug/bookings/:booking/cancellation': ['GET POST', 'run activities'],
  '/staff/activities/:slug/bookings/new': ['GET POST', 'run activities'],
  '/staff/activities/:slug/bookings/:booking/details': ['GET POST', 'run activities'],
  '/staff/activities/:slug/bookings/:booking/move': ['GET POST', 'run activities'],
  '/staff/activities/:slug/bookings/:booking/turn': ['GET POST', 'run activities'],
  '/staff/activities/:slug/bookings/:booking/links': ['GET POST', 'run activities'],
  '/staff/activities/:slug/bookings/:booking': ['GET', 'know attendees'],
  '/staff/activities/:slug/bookings/:booking/access': ['POST', 'run activities'],
  '/staff/activities/:slug/bookings/:booking/telephoned': ['POST', 'run activities'],
  '/staff/activities/:slug/bookings/:booking/letters': ['GET', 'know attendees'],
  '/staff/activities/:slug/letters': ['GET', 'know attendees'],
  '/staff/activities/:slug/letters/:email/copies': ['POST', 'run activities'],
  '/staff/activities/:slug/bulletins': ['GET POST', 'run activities'],
  '/staff/activities/:slug/bulletins/new': ['GET', 'run activities'],
  '/staff/activities/:slug/bulletins/:number': ['GET', 'run activities'],
  '/staff/activities/:slug/bulletins/:number/text': ['GET POST', 'run activities'],
  '/staff/activities/:slug/bulletins/:number/letter': ['GET', 'run activities'],
  '/staff/activities/:slug/bulletins/:number/test': ['POST', 'run activities'],
  '/staff/activities/:slug/bulletins/:number/sending': ['POST', 'run activities'],
  '/staff/activities/:slug/bulletins/:number/stop': ['POST', 'run activities'],
  '/staff/activities/:slug/hosts': ['GET POST', 'run activities'],
  '/staff/activities/:slug/co-hosts': ['GET', 'run activities'],
  '/staff/activities/:slug/co-hosts/new': ['GET POST', 'run activities'],
  '/staff/activities/:slug/co-hosts/:id/end': ['POST', 'run activities'],
  '/staff/activities/:slug/co-hosts/invitations/:id/end': ['POST', 'run activities'],
  '/staff/activities/:slug/people': ['GET POST', 'run activities'],
  '/staff/approvals': ['GET', 'approve activities'],
  '/staff/activities/:slug/approval': ['GET POST', 'approve activities'],
  '/staff/activities/:slug/approval/return': ['POST', 'approve activities'],
  '/staff/activities/:slug/approval/request': ['POST', 'run activities'],
  '/staff/activities/:slug/proposal': ['GET', 'see activities'],
  '/staff/activities/:slug/proposal/approval': ['POST', 'approve activities'],
  '/staff/activities/:slug/proposal/return': ['POST', 'approve activities'],
  '/staff/activities/:slug/proposal/withdrawal': ['POST', 'edit activities'],
  '/staff/approvals/emails': ['GET POST', 'approve activities'],
  '/staff/campaigns/:slug/approval': ['GET POST', 'edit what everyone reads'],
  '/staff/campaigns/:slug/areas': ['GET POST', 'edit what everyone reads'],
  '/staff/activities/:slug/release': ['GET POST', 'run activities'],
  '/staff/activities/:slug/release/agreement': ['POST', 'run activities'],
  '/staff/activities/:slug/release/end': ['POST', 'run activities'],
  '/staff/activities/:slug/evening': ['GET', 'see people on the day'],
  '/staff/activities/:slug/evening/code': ['GET', 'see people on the day'],
  '/staff/activities/:slug/evening/attendance': ['POST', 'record attendance'],
  '/staff/activities/:slug/evening/walk-ins': ['POST', 'record attendance'],
  '/staff/activities/:slug/attendance-report': ['GET POST', 'know attendees'],
  '/staff/activities/:slug/attendance-report/people': ['POST', 'know attendees'],
  '/staff/activities/:slug/attendance-report/fetch': ['POST', 'know attendees'],
  '/staff/activities/:slug/evening/questions/:booking': ['POST', 'settle questions'],
  '/staff/activities/:slug/evening/questions/:booking/safeguarding': ['GET POST', 'settle questions'],
  '/staff/activities/:slug/attendees/cancellation': ['POST', 'run activities'],
  '/staff/activities/:slug/attendees/attendance': ['POST', 'record attendance'],
  '/staff/activities/:slug/attendees/attendance/notes': ['POST', 'record attendance'],
  '/staff/activities/:slug/attendees/bulletin': ['POST', 'run activities'],
  '/staff/activities/:slug/attendees/move': ['POST', 'run activities'],
  '/staff/activities/:slug/attendees/move/date': ['POST', 'run activities'],
  '/staff/activities/:slug/attendees.csv': ['GET', 'know attendees'],
  '/staff/activities/:slug/attendees.xlsx': ['GET', 'know attendees'],
  '/staff/activities/:slug/list': ['GET POST', 'know attendees'],
  '/staff/programme': ['GET POST', 'create activities'],
  '/staff/programme/download': ['POST', 'create activities'],
  '/staff/programme/:upload': ['GET POST', 'create activities'],
  '/staff/lists': ['GET', 'know attendees'],
  '/staff/lists/new': ['GET POST', 'know attendees'],
  '/staff/lists/everyone': ['GET', 'manage staff'],
  '/staff/lists/everyone/:list/stop': ['POST', 'manage staff'],
  '/staff/lists/standing': ['GET', 'know attendees'],
  '/staff/lists/standing/new': ['GET POST', 'know attendees'],
  '/staff/lists/standing/:list': ['GET POST', 'know attendees'],
  '/staff/lists/standing/:list/stop': ['POST', 'know attendees'],
  '/staff/lists/standing/:list/start': ['POST', 'know attendees'],
  '/staff/lists/standing/:list/deletion': ['GET POST', 'know attendees'],
  '/staff/lists/standing/:list/runs/:run': ['GET POST', 'know attendees'],
  '/staff/activities/:slug/questions-afterwards': ['GET POST', 'run activities'],
  '/staff/campaigns/:slug/questions-afterwards': ['GET POST', 'edit what everyone reads'],
  '/staff/activities/:slug/evaluation': ['GET', 'know attendees'],
  '/staff/activities/:slug/evaluation/charts/:question': ['GET', 'know attendees'],
  '/staff/activities/:slug/evaluation.csv': ['GET', 'know attendees'],
  '/staff/activities/:slug/evaluation/texts/:text': ['GET POST', 'settle questions'],
  '/staff/activities/:slug/sign-in-sheet': ['GET', 'know attendees'],
  '/staff/activities/:slug/sign-in-sheet.pdf': ['GET', 'know attendees']
}

/** Exports by a link that are recorded in the audit trail. */
const writtenDown = [
  '/staff/activities/:slug/attendees.csv', '/staff/activities/:slug/attendees.xlsx',
  '/staff/activities/:slug/sign-in-sheet.pdf',
  '/staff/activities/:slug/evaluation.csv'
]

/**
 * Who asks for heads that they may have: the first of the people, to whom all is open. A HEAD is its GET without the
 * body, by the same permission; in an ordinary run that is asked once, and whoever may not is refused both.
 */
const asksForHeads = 0

type Answer = Awaited<ReturnType<typeof post>>

const provider: AppParts['provider'] = {
  begin: async () => new URL('https://login.example/authorize'),
  finish: async () => { throw new Error('Nobody comes from there.') },
  signOutAddress: async () => new URL('https://login.example/end')
}

/** Shared by all tests here: what one has done is taken back before the next. */
const { app, db, all, its, another, changes, tellTime } = await atWork(t)

t.test('this table names every address of the organisers’ side, with its methods and what it does', async t => {
  const found = new Map<string, Set<string>>()
  for (const { method, url } of all) found.set(url, (found.get(url) ?? new Set()).add(method))

  for (const [url, methods] of found) {
    const expected = routes[url]?.[0]
    t.ok(expected, `${url} is new: name it in this table`)
    const named = (expected ?? '').split(' ').flatMap(method => method === 'GET' ? ['GET', 'HEAD'] : [method])
    t.strictSame([...methods].sort(), named.sort(), `the methods of ${url}`)
  }
  for (const url of Object.keys(routes)) t.ok(found.has(url), `${url} is gone: take it out of this table`)
})

t.test('every address says what it does, and those of signing in do nothing', async t => {
  for (const { method, url, permission } of all) t.equal(permission ?? 'signing in', routes[url]?.[1], `${method} ${url}`)
})

for (const [n, [who, { role, ...person }]] of Object.entries(people).entries()) {
  t.test(`each address, asked by: ${who}`, async t => {
    const { of, hosts, coHosts, at }: {
      of?: 'leading' | 'takingPart' | 'another', hosts?: boolean, coHosts?: boolean, at?: typeof noon
    } = person
    await changes.undone()
    tellTime(at ?? noon)
    const agencyId = of === 'another' ? another.id : of === undefined ? null : its[of].id
    const { headers, member } = await signedIn(app, db, { role, agencyId })
    const host = { activityId: its.activity.id, staffMemberId: member.id }
    if (hosts === true) await db.activityHost.create({ data: host })
    if (coHosts === true) await aCoHost(db, host.activityId, host.staffMemberId)
    const theirs = { ...its, session: await anotherSession(app, db, member) }
    await giveTheirs(db, theirs, member)
    const expected = all.filter(({ url }) => url in routes)
      .map(({ method, url }) => ({ method, url, name: `${method} ${url}`, answer: answerTo(n, url) }))
    const wrong: string[] = []
    const check = (answer: Answer, url: string, name: string) => {
      const isFit = isWayIn(url) ? answer.statusCode < 500 : isDone(answer)
      if (!isFit) wrong.push(`${name}: ${answer.statusCode} ${answer.headers.location ?? ''}`)
      if (!mayReadNames.includes(who) && ofAttendees.test(answer.body)) wrong.push(`${name} tells names`)
    }
    const since = await changes.now()
    const changed = async () => await changes.undone(since)

    const forbidden = expected.filter(({ answer }) => answer !== 'yes')
    for (const { method, url, answer, name } of forbidden) {
      const refused = await ask(app, method, addressOf(url, theirs), headers)
      if (String(refused.statusCode) !== answer) wrong.push(`${name}: ${refused.statusCode}, not ${answer}`)
      if (ofAttendees.test(refused.body)) wrong.push(`${name} tells of attendees`)
      if (method !== 'HEAD' && !refused.body.includes('<h1')) wrong.push(`${name} is no page`)
    }
    t.strictSame(wrong, [], `${forbidden.length} addresses refuse them`)
    t.strictSame(await changed(), [], 'what someone may not do changes nothing')

    const allowed = expected.filter(({ answer }) => answer === 'yes')
    const looks = allowed.filter(({ method }) => method === 'GET' || (method === 'HEAD' && (n === asksForHeads || isWhole)))
    for (const { method, url, name } of looks.filter(({ url }) => !writtenDown.includes(url))) {
      check(await ask(app, method, addressOf(url, theirs), headers), url, name)
    }
    t.strictSame(await changed(), [], 'someone who only looks changes nothing')
    for (const { method, url, name } of looks.filter(({ url }) => writtenDown.includes(url))) {
      check(await ask(app, method, addressOf(url, theirs), headers), url, name)
    }
    const noted = ['audit_entries', 'last_lists']
    t.strictSame((await changed()).filter(name => !noted.includes(name)), [],
      'someone who exports a list changes nothing but the trail, and what is known of their last list')

    for (const { url, name } of allowed.filter(({ method }) => method === 'POST')) {
      const done = await ask(app, 'POST', addressOf(url, theirs), headers)
      check(done, url, name)
      // It may have ended the session, among other things.
      if (done.statusCode === 303) await changed()
    }
    t.strictSame(wrong, [], `${allowed.length} addresses answer them`)
  })
}

t.test('strangers, and people who may not work here any more, get as far as signing in', async t => {
  await changes.undone()
  tellTime(noon)
  const { headers, member } = await signedIn(app, db)
  await db.staffMember.update({ where: { id: member.id }, data: { disabledAt: noon.toJSDate() } })
  const since = await changes.now()
  const wrong: string[] = []

  for (const [who, cookie] of [['a stranger', {}], ['someone disabled', headers]] as const) {
    for (const { method, url } of all.filter(({ url }) => !isWayIn(url))) {
      const answer = await ask(app, method, addressOf(url, its), cookie)
      const isSentToSignIn = answer.statusCode === 303 && answer.headers.location === '/staff/sign-in' && answer.body === ''
      if (!isSentToSignIn) wrong.push(`${who}: ${method} ${url}`)
    }
  }
  t.strictSame(wrong, [])
  t.strictSame(await changes.undone(since), [])
})

/** The service with one of everything, at a time that a test tells it. */
async function atWork (t: Test) {
  const its = await world(t)
  const { db } = its
  let time = noon
  const { app, routes } = await withItsRoutes(async () => await buildApp({
    ...partsOf(its), clock: () => time, provider, makesMeetings: true, reports: noReports
  }))
  t.teardown(async () => { await app.close() })
  return {
    app,
    db,
    all: staffRoutes(routes),
    its: await everything(db),
    another: await anAgency(db),
    changes: await changesOf(t, its),
    tellTime (at: typeof noon) { time = at }
  }
}

async function signedInAgain (app: FastifyInstance, db: Db, member: StaffMember): Promise<string> {
  return cookieOf(await post(app, await aLink(db, member, app.clock()), {}))
}

/** The id of another session of a member of staff. */
async function anotherSession (app: FastifyInstance, db: Db, member: StaffMember): Promise<string> {
  const secret = (await signedInAgain(app, db, member)).replace(/.*=/, '')
  return (await db.staffSession.findUniqueOrThrow({ where: { tokenHash: hashOf(secret) } })).id
}

async function ask (
  app: FastifyInstance, method: string, url: string, headers: Record<string, string>
): Promise<Answer> {
  return method === 'POST'
    ? await post(app, url, { wrong: 'yes' }, headers)
    : await app.inject({ method: method as 'GET', url, headers })
}

/** Done, or refused because of the content and not because of the sender. */
function isDone ({ statusCode, headers }: Answer): boolean {
  return statusCode < 500 && statusCode !== 403 && statusCode !== 404 &&
    !(statusCode === 303 && headers.location === '/staff/sign-in')
}

function isWayIn (url: string): boolean {
  return routes[url]?.[1] === 'signing in'
}

/** The expected answer for the nth of the people. */
function answerTo (n: number, url: string): string {
  const permission = routes[url]?.[1] ?? ''
  const isOfOne = url.startsWith('/staff/activities/:slug')
  const isOfReport = url.startsWith('/staff/campaigns/:slug/report')
  const of = isOfOne ? 'of an activity' : /\/(board|clashes)/.test(url) ? 'of a board' : isOfReport ? 'of a report' : 'of all'
  const permissions: Record<string, string> = answers[of]
  const answer = permission === 'signing in' ? 'yes' : permissions[permission]?.split(/ +/)[n]
  if (answer === undefined) throw new Error(`Say in this test who may ${permission}: ${url}.`)
  return answer
}
