import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { emailRateLimit, formRateLimit } from '../../platform/http/limits.ts'
import { networkOf } from '../../platform/http/network.ts'
import { staffOf } from '../staff/session.ts'
import { mustSetUp } from '../second-factor/authenticator.ts'
import type { SecondFactor } from '../second-factor/authenticator.ts'
import { passByCode } from '../second-factor/commands.ts'
import { refusedCodeOf } from '../second-factor/refused-code.ts'
import { factorForm } from '../second-factor/schema.ts'
import type { SignedIds } from '../../platform/signed-id.ts'
import { findWaysToShow } from '../staff/queries.ts'
import type { WaysToShow } from '../staff/queries.ts'
import { requirePermission } from '../staff/roles.ts'
import { againHref, hasSignedInRecently } from '../staff/recent-sign-in.ts'
import { recentSignInMinutes } from '../staff/session-life.ts'
import { returnTo } from '../staff/return-to.ts'
import type { ReturnTo } from '../staff/return-to.ts'
import { sendToProvider } from '../work-account/at-provider.ts'
import type { Provider } from '../work-account/openid.ts'
import { requesterOf } from './requester.ts'
import { requestSignInEmail } from './commands.ts'

/** The ways to prove who one is. */
export interface WaysIn {
  /** Undefined: people sign in only by email. */
  provider: Provider | undefined
  secondFactor: SecondFactor
  /** Signs the mark that tells whose own a browser is. */
  knownBrowsers: SignedIds
}

/** Proving again who one is, by what one has, before lists of people are exported. */
export const againRoutes: FastifyPluginAsync<WaysIn> = async (
  app, { provider, secondFactor, knownBrowsers }
) => {
  requirePermission(app, 'have an account')
  const countEmails = app.limitOn('sign in again', emailRateLimit)
  const limited = { config: { beforeSetUp: true, rateLimit: formRateLimit } }

  app.get('/again', { config: { beforeSetUp: true } }, asking(async asked => {
    const { request, reply } = asked
    if (!hasSignedInRecently(request)) return await ask(asked)
    const way = wayOf(request)
    reply.forgetMark('back')
    if (way?.isFile !== true) return reply.redirect(way?.href ?? '/staff', 303)
    return reply.page('identity/sign-in/shown-again', {
      staff: staffOf(request), href: way.href, minutes: recentSignInMinutes
    })
  }))

  app.post('/again', limited, asking(form({
    schema: factorForm, fields: ['code'], again: ask, refused: refusedCodeOf
  }, async ({ request, input: { code }, reply }) => {
    const { sessionCookie = '', ip } = request
    const cookie = await passByCode(app.db, secondFactor.seal, sessionCookie, code, app.clock(), networkOf(ip))
    return await reply.keepSession(cookie).redirect(againHref(wayOf(request)), 303)
  })))

  // The same email as for signing in: it opens another session, in which this was proved, and ends this one.
  app.post('/again/letter', limited, async (request, reply) => {
    const { id: knownAs } = staffOf(request)
    const { email } = await waysOf(request)
    await countEmails(knownAs, reply)
    const requester = { ...requesterOf(request, knownBrowsers), knownAs }
    await requestSignInEmail(app.db, app.outbox, email, requester, app.clock())
    return keepWay(reply, wayOf(request)).keepMark('letter', requester.browser).redirect('/staff/sign-in/code', 303)
  })

  if (provider !== undefined) {
    app.post('/again/openid', limited, async (request, reply) =>
      await sendToProvider(provider, 'again', keepWay(reply, wayOf(request)), request.sessionCookie))
  }

  async function ask ({ request, body, reply }: Asked, errors?: FormErrors): Promise<FastifyReply> {
    const way = wayOf(request)
    const { factorSince, isConnected } = await waysOf(request)
    return reply.page('identity/sign-in/again', {
      staff: staffOf(request),
      isForFile: way?.isFile === true,
      minutes: recentSignInMinutes,
      hasFactor: factorSince !== undefined,
      hasProvider: provider !== undefined && isConnected && !mustSetUp(secondFactor, request),
      hrefs: {
        code: againHref(way), email: againHref(way, '/letter'), openid: againHref(way, '/openid')
      },
      values: typedOf(body, ['code']),
      errors
    })
  }

  async function waysOf (request: FastifyRequest): Promise<WaysToShow> {
    const member = await findWaysToShow(app.db, staffOf(request).id)
    if (member === undefined) throw app.httpErrors.notFound()
    return member
  }

  function keepWay (reply: FastifyReply, way: ReturnTo | undefined): FastifyReply {
    return way === undefined ? reply.forgetMark('back') : reply.keepMark('back', way.href)
  }
}

const wayOf = ({ query }: FastifyRequest) => returnTo((query as { to?: unknown }).to)
