import type { FastifyPluginAsync } from 'fastify'
import { formRateLimit } from '../../platform/http/limits.ts'
import { staffOf } from '../staff/session.ts'
import { requirePermission } from '../staff/roles.ts'
import { askToSignInAgain } from '../staff/recent-sign-in.ts'
import { sendToProvider } from './at-provider.ts'
import { disconnectWorkAccount } from './commands.ts'
import type { Provider } from './openid.ts'

interface AtProvider { provider: Provider | undefined }

/** Connecting one's own work account, if there is a provider, and disconnecting it. */
export const workAccountStaffRoutes: FastifyPluginAsync<AtProvider> = async (app, { provider }) => {
  requirePermission(app, 'have an account')

  if (provider !== undefined) {
    // Otherwise someone at an unattended computer could connect an account of their own and sign in by it from then on,
    // past any code.
    app.post('/account/work-account', { config: { rateLimit: formRateLimit } }, async (request, reply) => {
      if (await askToSignInAgain(request, reply, '/staff/account')) return reply
      return await sendToProvider(provider, 'connect', reply, request.sessionCookie)
    })
  }

  // Nor does someone at an unattended computer take away the way in that its owner has.
  app.post('/account/work-account/disconnection', async (request, reply) => {
    if (await askToSignInAgain(request, reply, '/staff/account')) return reply
    await disconnectWorkAccount(app.db, staffOf(request).id, app.clock())
    return reply.redirect('/staff/account?done=disconnected', 303)
  })
}
