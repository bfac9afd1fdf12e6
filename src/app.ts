import { randomUUID } from 'node:crypto'
import { parse as parseQuery } from 'node:querystring'
import formbody from '@fastify/formbody'
import sensible from '@fastify/sensible'
import Fastify from 'fastify'
import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import { agencyFeedRoutes } from './mail/agency-feeds/routes.ts'
import { activityRoutes } from './programme/activities/routes.ts'
import { adviceRoutes } from './programme/activities/advice-routes.ts'
import { scenarioRoutes } from './programme/scenarios/routes.ts'
import { bookingRoutes } from './booking/bookings/routes.ts'
import { countForms } from './booking/bookings/counting.ts'
import { measuring } from './office/metrics/metrics.ts'
import { bounceRoutes } from './mail/bounces/routes.ts'
import { publicPageRoutes } from './programme/public-pages/routes.ts'
import { accessibilityRoutes } from './programme/accessibility/routes.ts'
import { assets } from './platform/http/assets.ts'
import { checkInRoutes } from './booking/check-in/routes.ts'
import { closing } from './platform/http/closing.ts'
import { forwarded } from './platform/http/forwarded.ts'
import { fresh } from './platform/http/fresh.ts'
import { inHand } from './platform/http/in-hand.ts'
import { health } from './platform/http/health.ts'
import { limits } from './platform/http/limits.ts'
import { metrics } from './platform/http/metrics.ts'
import { notedMethods, otherMethods } from './platform/http/methods.ts'
import { pageErrors } from './platform/http/page-errors.ts'
import { pages } from './platform/http/pages.ts'
import { RequestLog, serializers } from './platform/http/request-log.ts'
import { security } from './platform/http/security.ts'
import { securityTxt } from './platform/http/security-txt.ts'
import { service } from './platform/http/service.ts'
import type { ServiceParts } from './platform/http/service.ts'
import { namePlugins } from './platform/http/plugin-names.ts'
import { printing } from './platform/pdf/printing.ts'
import { organizerNow, organizerText } from './mail/invitations/organizer.ts'
import { invitationRoutes } from './mail/invitations/routes.ts'
import { certificateRoutes } from './booking/certificates/routes.ts'
import { evaluationRoutes } from './booking/evaluations/routes.ts'
import { joiningRoutes } from './booking/joining/routes.ts'
import { wayInto } from './booking/joining/way-in.ts'
import { coHostRoutes } from './office/co-hosts/routes.ts'
import { outcomeRoutes } from './office/outcomes/routes.ts'
import { privacyRoutes } from './office/privacy/routes.ts'
import { copyRoutes } from './office/rights/routes.ts'
import { entryRoutes } from './office/entries/routes.ts'
import { resourceRequestRoutes } from './office/resource-requests/routes.ts'
import { resourceRoutes } from './programme/resources/routes.ts'
import { requestRoutes } from './office/requests/routes.ts'
import { staffPages } from './identity/sign-in/routes.ts'
import { mayEver } from './identity/staff/roles.ts'
import { helplines } from './programme/support/helplines.ts'
import { helplinesOf } from './programme/support/page.ts'
import { sharingRoutes } from './programme/sharing/routes.ts'
import { sharing } from './programme/sharing/sharing.ts'
import { supportRoutes } from './programme/support/routes.ts'
import { waitingListRoutes } from './booking/waiting-list/routes.ts'
import type { AppParts } from './app/app-parts.ts'
import { behindSignIn } from './app/behind-sign-in.ts'

/** Fastify has another type for a server with TLS, which no route of ours can tell apart. */
function byTls (tls: AppParts['tls']): object {
  return tls === undefined ? {} : { https: { ...tls, minVersion: 'TLSv1.2' } }
}

/** Routes of a process that is only a worker: its health, for machines, and nothing else. */
export async function buildWorkerApp (
  { log, jobsAreProcessed, metricsToken, dataDir, tls, ...parts }:
  ServiceParts & Pick<AppParts, 'log' | 'jobsAreProcessed' | 'metricsToken' | 'dataDir' | 'tls'>
): Promise<FastifyInstance> {
  const app = Fastify({
    ...byTls(tls),
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
  await app.register(metrics, { token: metricsToken, measure: measuring({ ...parts, dataDir }) })
  await app.register(health, { jobsAreProcessed })
  return app
}

/** The table of contents: the parts of the web side, one line each; those behind a sign-in have a list of their own. */
export async function buildApp (parts: AppParts): Promise<FastifyInstance> {
  const app = Fastify({
    ...byTls(parts.tls),
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

  namePlugins(app)
  app.removeAllContentTypeParsers()
  await app.register(sensible)
  await app.register(formbody)
  await app.register(service, parts)
  await app.register(closing)
  await app.register(metrics, {
    token: parts.metricsToken,
    measure: registry => {
      countForms(app, registry)
      measuring(parts)(registry)
    }
  })
  app.decorate('virusScanner', parts.virusScanner)
  await app.register(inHand)
  await app.register(notedMethods)
  await app.register(forwarded)
  await app.register(security)
  await app.register(limits, { on: parts.rateLimits, mark: parts.limitMark, answerMs: parts.limitAnswerMs })
  await app.register(fresh, { milliseconds: parts.freshForMs })
  await app.register(assets)
  await app.register(helplines)
  await app.register(printing)
  await app.register(pages, { templates: parts.templates.html, common: onEveryPage })
  await app.register(pageErrors, { modelOf: ({ staff }) => ({ staff }) })

  await app.register(health, { jobsAreProcessed: parts.jobsAreProcessed, sinceRefusedWrite: app.sinceRefusedWrite })
  if (parts.securityContact !== undefined) await app.register(securityTxt, { contact: parts.securityContact })
  await app.register(supportRoutes)
  app.decorate('sharing', sharing(parts.publicUrl))
  await app.register(activityRoutes)
  await app.register(adviceRoutes)
  await app.register(publicPageRoutes)
  await app.register(sharingRoutes)
  await app.register(scenarioRoutes)
  app.decorate('wayInto', wayInto(parts))
  app.decorate('searchSeal', parts.searchSeal)
  await app.register(bookingRoutes, {
    links: parts.links, addressSeal: parts.addressSeal, organizer: organizerText(organizerNow(parts.mailFrom))
  })
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
  await app.register(copyRoutes, { copyLinks: parts.copyLinks, readKeptEmail: parts.readKeptEmail })
  await app.register(resourceRoutes)
  await app.register(resourceRequestRoutes, { resourceLinks: parts.resourceLinks })
  await app.register(coHostRoutes, { coHostLinks: parts.coHostLinks })
  await app.register(outcomeRoutes, { outcomeLinks: parts.outcomeLinks })
  await app.register(entryRoutes, { entryLinks: parts.entryLinks, networkMark: parts.networkMark, seal: parts.seal })
  await app.register(privacyRoutes)
  await app.register(accessibilityRoutes)
  await app.register(staffPages, {
    prefix: '/staff',
    provider: parts.provider,
    secondFactor: parts.secondFactor,
    knownBrowsers: parts.knownBrowsers,
    behindSignIn: behindSignIn(parts)
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
