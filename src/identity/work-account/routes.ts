import type { FastifyPluginAsync, FastifyReply } from 'fastify'
import { formRateLimit } from '../../platform/http/limits.ts'
import { mustSetUp } from '../second-factor/authenticator.ts'
import type { SecondFactor } from '../second-factor/authenticator.ts'
import { staffOf } from '../staff/session.ts'
import { browserDetailsOf } from '../staff/browser-details.ts'
import { isRecentSignIn } from '../staff/session-life.ts'
import { redirectAfterSignIn } from '../staff/recent-sign-in.ts'
import { sendToProvider, whoCame } from './at-provider.ts'
import type { Purpose } from './at-provider.ts'
import { connectWorkAccount, passByWorkAccount, signInByWorkAccount } from './commands.ts'
import type { Provider } from './openid.ts'

interface AtProvider {
  provider: Provider
  secondFactor: SecondFactor
}

/** To the provider to sign in, and back from it, for any purpose. */
export const workAccountRoutes: FastifyPluginAsync<AtProvider> = async (app, { provider, secondFactor }) => {
  app.post('/sign-in/openid', { config: { rateLimit: formRateLimit } }, async (_, reply) =>
    await sendToProvider(provider, 'sign-in', reply))

  // The one GET that signs in: a provider can answer in no other way that brings our cookies along. It works only in
  // the browser that pressed the button, as its cookie shows, and only once.
  app.get('/sign-in/openid/return', { config: { rateLimit: formRateLimit } }, async (request, reply) => {
    const [purpose = '', secret = ''] = request.markOf('openid')?.split('.') ?? []
    reply.forgetMark('openid')
    const { staff, sessionCookie = '' } = request
    const isInside = purpose === 'connect' || purpose === 'again'
    if (isInside && (staff === undefined || mustSetUp(secondFactor, request))) return await sayItFailed(reply)
    const account = await whoCame(provider, isInside ? purpose : 'sign-in' satisfies Purpose, secret, request)
    if (account === undefined) return await sayItFailed(reply)

    if (purpose === 'connect') {
      await connectWorkAccount(app.db, staffOf(request).id, account, app.clock())
      return reply.redirect('/staff/account?done=connected', 303)
    }
    if (purpose === 'again') {
      const { signedInAt } = account
      if (signedInAt === undefined || !isRecentSignIn(signedInAt, app.clock())) {
        request.log.warn('The OpenID provider did not ask again who is signing in, or did not say so (auth_time).')
        return await sayItFailed(reply)
      }
      const cookie = await passByWorkAccount(app.db, sessionCookie, { ...account, signedInAt }, app.clock())
      return await redirectAfterSignIn(request, reply.keepSession(cookie))
    }
    const cookie = await signInByWorkAccount(app.db, account, browserDetailsOf(request), app.clock())
    return await redirectAfterSignIn(request, reply.keepSession(cookie))
  })

  async function sayItFailed (reply: FastifyReply): Promise<FastifyReply> {
    return reply.code(403).page('identity/work-account/sign-in-failed')
  }
}
