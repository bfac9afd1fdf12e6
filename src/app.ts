import { randomUUID } from 'node:crypto'
import { parse as parseQuery } from 'node:querystring'
import formbody from '@fastify/formbody'
import sensible from '@fastify/sensible'
import Fastify from 'fastify'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { agencyFeedRoutes } from './mail/agency-feeds/routes.ts'
import { agencyFeedStaffRoutes } from './mail/agency-feeds/staff-routes.ts'
import { activityRoutes } from './programme/activities/routes.ts'
import { adviceRoutes } from './programme/activities/advice-routes.ts'
import { adviceStaffRoutes } from './programme/advice/staff-routes.ts'
import { campaignBasicsStaffRoutes } from './office/campaign-basics/staff-routes.ts'
import { cycleStaffRoutes } from './office/cycle/staff-routes.ts'
import { contentStaffRoutes } from './programme/campaigns/content-staff-routes.ts'
import { scenarioRoutes } from './programme/scenarios/routes.ts'
import { scenarioStaffRoutes } from './programme/scenarios/staff-routes.ts'
import { activityStaffRoutes } from './programme/activities/staff-routes.ts'
import { approvalStaffRoutes } from './office/approval/staff-routes.ts'
import { attendanceStaffRoutes } from './office/attendance/staff-routes.ts'
import { auditStaffRoutes } from './office/audit/staff-routes.ts'
import { boardStaffRoutes } from './office/board/staff-routes.ts'
import { clashStaffRoutes } from './office/clashes/staff-routes.ts'
import type { BookingLinks } from './booking/bookings/link.ts'
import { bookingRoutes } from './booking/bookings/routes.ts'
import { bookingStaffRoutes } from './booking/attendees/staff-routes.ts'
import { bounceRoutes } from './mail/bounces/routes.ts'
import type { BouncePost } from './mail/bounces/routes.ts'
import { bulletinStaffRoutes } from './mail/bulletins/staff-routes.ts'
import { agencyStaffRoutes, campaignStaffRoutes } from './programme/campaigns/staff-routes.ts'
import type { Mailbox } from './platform/config.ts'
import { publicPageRoutes } from './programme/public-pages/routes.ts'
import { onTheDayStaffRoutes } from './office/on-the-day/staff-routes.ts'
import { signInSheetStaffRoutes } from './office/exports/sign-in-sheet-staff-routes.ts'
import { overviewStaffRoutes } from './office/overview/staff-routes.ts'
import { exportStaffRoutes } from './office/exports/staff-routes.ts'
import { holdStaffRoutes } from './booking/holds/staff-routes.ts'
import { everyonesListsStaffRoutes } from './office/standing-lists/everyone-staff-routes.ts'
import { standingListStaffRoutes } from './office/standing-lists/staff-routes.ts'
import { homeStaffRoutes } from './office/home/staff-routes.ts'
import { reportStaffRoutes } from './office/reports/staff-routes.ts'
import { campaignQuestionsStaffRoutes, evaluationStaffRoutes } from './programme/evaluations/staff-routes.ts'
import { resultsStaffRoutes } from './office/evaluation-results/staff-routes.ts'
import { assets } from './platform/http/assets.ts'
import type { CheckInCodes } from './booking/check-in/code.ts'
import { checkInRoutes } from './booking/check-in/routes.ts'
import { closing } from './platform/http/closing.ts'
import { forwarded } from './platform/http/forwarded.ts'
import { fresh } from './platform/http/fresh.ts'
import { inHand } from './platform/http/in-hand.ts'
import { health } from './platform/http/health.ts'
import { limits } from './platform/http/limits.ts'
import { notedMethods, otherMethods } from './platform/http/methods.ts'
import { pageErrors } from './platform/http/page-errors.ts'
import { pages } from './platform/http/pages.ts'
import { RequestLog, serializers } from './platform/http/request-log.ts'
import { security } from './platform/http/security.ts'
import { service } from './platform/http/service.ts'
import type { ServiceParts } from './platform/http/service.ts'
import { printing } from './platform/pdf/printing.ts'
import { invitationRoutes } from './mail/invitations/routes.ts'
import { certificateRoutes } from './booking/certificates/routes.ts'
import { evaluationRoutes } from './booking/evaluations/routes.ts'
import type { EvaluationLinks } from './booking/evaluations/link.ts'
import type { CertificateCodes } from './booking/certificates/code.ts'
import { joiningRoutes } from './booking/joining/routes.ts'
import type { AttendanceReports } from './programme/teams/attendance-reports.ts'
import { wayInto } from './booking/joining/way-in.ts'
import { coHostRoutes } from './office/co-hosts/routes.ts'
import { coHostStaffRoutes } from './office/co-hosts/staff-routes.ts'
import { legalHoldStaffRoutes } from './office/legal-holds/staff-routes.ts'
import type { ReadKeptEmail } from './mail/emails/read-kept-email.ts'
import { emailStaffRoutes } from './mail/emails/staff-routes.ts'
import { meetingStaffRoutes } from './office/meetings/staff-routes.ts'
import type { OutcomeLinks } from './office/outcomes/link.ts'
import { outcomeRoutes } from './office/outcomes/routes.ts'
import { campaignOutcomesStaffRoutes, outcomeStaffRoutes } from './office/outcomes/staff-routes.ts'
import { weekReportStaffRoutes } from './office/week-report/staff-routes.ts'
import { memberStaffRoutes } from './office/staff-accounts/staff-routes.ts'
import { programmeStaffRoutes } from './office/editor/staff-routes.ts'
import { programmeImportStaffRoutes } from './office/programme-import/staff-routes.ts'
import { privacyRoutes } from './office/privacy/routes.ts'
import { onBehalfStaffRoutes } from './office/on-behalf/staff-routes.ts'
import { peopleStaffRoutes } from './office/people/staff-routes.ts'
import { copyRoutes } from './office/rights/routes.ts'
import type { Traces } from './office/forgetting/traces.ts'
import { rightsStaffRoutes } from './office/rights/staff-routes.ts'
import type { EntryLinks } from './office/entries/links.ts'
import type { NetworkMark } from './office/entries/network-mark.ts'
import { entryRoutes } from './office/entries/routes.ts'
import { entryStaffRoutes } from './office/entries/staff-routes.ts'
import { resourceRequestRoutes } from './office/resource-requests/routes.ts'
import { resourceRequestStaffRoutes } from './office/resource-requests/staff-routes.ts'
import { resourceTotalsStaffRoutes } from './office/resource-requests/totals-staff-routes.ts'
import { resourceRoutes } from './programme/resources/routes.ts'
import { downloadStaffRoutes } from './programme/resources/download-staff-routes.ts'
import { stockStaffRoutes } from './programme/resources/staff-routes.ts'
import { requestRoutes } from './office/requests/routes.ts'
import { requestStaffRoutes } from './office/requests/staff-routes.ts'
import type { SecondFactor } from './identity/second-factor/authenticator.ts'
import type { SignedIds } from './platform/signed-id.ts'
import { staffPages } from './identity/sign-in/routes.ts'
import { mayEver } from './identity/staff/roles.ts'
import { helplines } from './programme/support/helplines.ts'
import { helplinesOf } from './programme/support/page.ts'
import { sharingRoutes } from './programme/sharing/routes.ts'
import { sharing } from './programme/sharing/sharing.ts'
import { supportRoutes } from './programme/support/routes.ts'
import { supportStaffRoutes } from './programme/support/staff-routes.ts'
import type { Seal } from './platform/seal.ts'
import type { Snapshots } from './platform/database/snapshots.ts'
import type { Templates } from './platform/templates.ts'
import { waitingListRoutes } from './booking/waiting-list/routes.ts'
import { waitingListStaffRoutes } from './booking/waiting-list/staff-routes.ts'
import type { Provider } from './identity/work-account/openid.ts'

export interface AppParts extends ServiceParts {
  links: BookingLinks
  joinLinks: BookingLinks
  /** By which people say that they were at an activity. */
  checkInCodes: CheckInCodes
  /** Signs links by which people answer without saying who they are. */
  evaluationLinks: EvaluationLinks
  certificateCodes: CertificateCodes
  /** Signs links to copies of what we hold about people who asked for one. */
  copyLinks: SignedIds
  /** Signs links to people's own requests for resources. */
  resourceLinks: SignedIds
  /** Signs links by which people accept invitations to co-host. */
  coHostLinks: SignedIds
  /** Signs links by which those who lead activities say what these came to. */
  outcomeLinks: OutcomeLinks
  /** Signs links to what people entered without an account. */
  entryLinks: EntryLinks
  networkMark: NetworkMark
  /** Undefined if emails are not kept as files. */
  readKeptEmail?: ReadKeptEmail | undefined
  /** Deletes the traces outside the database of what was erased. */
  followErased?: Traces['follow'] | undefined
  seal: Seal
  /** Seals the address that someone typed, for the page after booking. */
  addressSeal: Seal
  /** Seals what is searched for, where an address carries it. */
  searchSeal: Seal
  /** For reading long lists. */
  snapshots: Snapshots
  templates: Templates
  /** Address where people write to us. */
  mailFrom: Mailbox
  /** Undefined: bounces cannot be posted. */
  bounces?: BouncePost | undefined
  /** Whether the service makes Teams meetings itself; false by default. */
  makesMeetings?: boolean
  /** Where Microsoft is asked who was in a Teams meeting; undefined where Microsoft Graph is not configured. */
  reports?: AttendanceReports | undefined
  /** True if no worker of this process is stuck; undefined if it runs none. */
  jobsAreProcessed?: (() => boolean) | undefined
  /** Provider with which staff may sign in; undefined: only by email. */
  provider?: Provider | undefined
  secondFactor: SecondFactor
  /** Signs the mark by which a browser shows who has signed in with it. */
  knownBrowsers: SignedIds
  log: Logger
  rateLimits: boolean
  /** Addresses of proxies whose X-Forwarded-For is trusted, separated by commas. */
  trustProxy: string | undefined
  /** Maximum age of a page that everyone sees; one second by default. */
  freshForMs?: number
}

/** Routes of a process that is only a worker: its health, for machines, and nothing else. */
export async function buildWorkerApp (
  { log, jobsAreProcessed, ...parts }: ServiceParts & Pick<AppParts, 'log' | 'jobsAreProcessed'>
): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: log.child({}, { serializers }) as FastifyBaseLogger,
    logController: new RequestLog(),
    bodyLimit: 1,
    connectionTimeout: 60_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 10_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false
  })
  await app.register(service, parts)
  await app.register(closing)
  await app.register(health, { jobsAreProcessed })
  return app
}

/** The table of contents: the parts of the web side, one line each, in the order of the imports. */
export async function buildApp (
  { makesMeetings = false, readKeptEmail, followErased, ...parts }: AppParts
): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: parts.log.child({}, { serializers }) as FastifyBaseLogger,
    logController: new RequestLog(),
    genReqId: () => randomUUID(),
    trustProxy: parts.trustProxy ?? false,
    // A form with every answer at its maximum length: 28 KB in a script that takes 12 bytes a character.
    bodyLimit: 32_768,
    // The database holds no NUL, and nobody types one: what an address asks for has none.
    routerOptions: { maxParamLength: 250, querystringParser: asked => parseQuery(asked.replaceAll('%00', '')) },
    connectionTimeout: 60_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 10_000,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => { app.answerError(error, request, reply) }
  })

  app.removeAllContentTypeParsers()
  await app.register(sensible)
  await app.register(formbody)
  await app.register(service, parts)
  await app.register(closing)
  await app.register(inHand)
  await app.register(notedMethods)
  await app.register(forwarded)
  await app.register(security)
  await app.register(limits, { on: parts.rateLimits })
  await app.register(fresh, { milliseconds: parts.freshForMs })
  await app.register(assets)
  await app.register(helplines)
  await app.register(printing)
  await app.register(pages, { templates: parts.templates.html, common: onEveryPage })
  await app.register(pageErrors, { modelOf: ({ staff }) => ({ staff }) })

  await app.register(health, { jobsAreProcessed: parts.jobsAreProcessed, sinceRefusedWrite: app.sinceRefusedWrite })
  await app.register(supportRoutes)
  app.decorate('sharing', sharing(parts.publicUrl))
  await app.register(activityRoutes)
  await app.register(adviceRoutes)
  await app.register(publicPageRoutes)
  await app.register(sharingRoutes)
  await app.register(scenarioRoutes)
  app.decorate('wayInto', wayInto(parts))
  app.decorate('searchSeal', parts.searchSeal)
  await app.register(bookingRoutes, { links: parts.links, addressSeal: parts.addressSeal })
  await app.register(waitingListRoutes, { links: parts.links })
  await app.register(joiningRoutes, { joinLinks: parts.joinLinks, seal: parts.seal })
  await app.register(checkInRoutes, {
    links: parts.links, joinLinks: parts.joinLinks, checkInCodes: parts.checkInCodes
  })
  await app.register(evaluationRoutes, { links: parts.links, evaluationLinks: parts.evaluationLinks })
  await app.register(certificateRoutes, parts)
  await app.register(invitationRoutes, { entry: parts })
  await app.register(agencyFeedRoutes, parts)
  await app.register(bounceRoutes, { bounces: parts.bounces })
  await app.register(requestRoutes, { links: parts.links })
  await app.register(copyRoutes, { copyLinks: parts.copyLinks, readKeptEmail })
  await app.register(resourceRoutes)
  await app.register(resourceRequestRoutes, { resourceLinks: parts.resourceLinks })
  await app.register(coHostRoutes, { coHostLinks: parts.coHostLinks })
  await app.register(outcomeRoutes, { outcomeLinks: parts.outcomeLinks })
  await app.register(entryRoutes, { entryLinks: parts.entryLinks, networkMark: parts.networkMark, seal: parts.seal })
  await app.register(privacyRoutes)
  await app.register(staffPages, {
    prefix: '/staff',
    provider: parts.provider,
    secondFactor: parts.secondFactor,
    knownBrowsers: parts.knownBrowsers,
    behindSignIn: [
      activityStaffRoutes, memberStaffRoutes, holdStaffRoutes, bookingStaffRoutes,
      async staff => { await staff.register(programmeStaffRoutes, { seal: parts.seal }) },
      async staff => { await staff.register(coHostStaffRoutes, { templates: parts.templates }) },
      async staff => { await staff.register(approvalStaffRoutes, { seal: parts.seal }) },
      async staff => { await staff.register(programmeImportStaffRoutes, { seal: parts.seal }) },
      async staff => { await staff.register(overviewStaffRoutes, { seal: parts.seal }) },
      async staff => { await staff.register(boardStaffRoutes, { seal: parts.seal }) },
      clashStaffRoutes, onBehalfStaffRoutes,
      async staff => { await staff.register(waitingListStaffRoutes, { seal: parts.seal }) },
      async staff => { await staff.register(meetingStaffRoutes, { seal: parts.seal, makesMeetings }) },
      async staff => { await staff.register(emailStaffRoutes, { context: parts }) },
      async staff => { await staff.register(bulletinStaffRoutes, { context: parts }) },
      async staff => {
        await staff.register(onTheDayStaffRoutes, { seal: parts.seal, checkInCodes: parts.checkInCodes })
      },
      async staff => { await staff.register(attendanceStaffRoutes, { seal: parts.seal, reports: parts.reports }) },
      async staff => { await staff.register(exportStaffRoutes, parts) },
      async staff => { await staff.register(standingListStaffRoutes, parts) }, everyonesListsStaffRoutes,
      signInSheetStaffRoutes, supportStaffRoutes, campaignStaffRoutes, contentStaffRoutes, adviceStaffRoutes,
      campaignBasicsStaffRoutes, cycleStaffRoutes, agencyStaffRoutes, agencyFeedStaffRoutes,
      auditStaffRoutes, evaluationStaffRoutes, campaignQuestionsStaffRoutes, resultsStaffRoutes,
      requestStaffRoutes, legalHoldStaffRoutes, peopleStaffRoutes,
      async staff => { await staff.register(rightsStaffRoutes, { readKeptEmail, followErased }) }, homeStaffRoutes,
      reportStaffRoutes, scenarioStaffRoutes, outcomeStaffRoutes, weekReportStaffRoutes,
      async staff => { await staff.register(campaignOutcomesStaffRoutes, { context: parts }) },
      stockStaffRoutes, downloadStaffRoutes, resourceRequestStaffRoutes,
      resourceTotalsStaffRoutes,
      async staff => { await staff.register(entryStaffRoutes, { seal: parts.seal }) }
    ]
  })

  await app.register(otherMethods)
  return app

  function onEveryPage (): object {
    return {
      serviceName: 'Workshops and activities',
      assets: app.assets,
      contactAddress: parts.mailFrom.address,
      helplines: helplinesOf(app.helplines()),
      mayEver
    }
  }
}
