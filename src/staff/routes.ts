import type { FastifyPluginAsync } from 'fastify'
import { aRoomful } from '../http/limits.ts'
import { requireStaff, session, staffOf } from '../http/session.ts'
import { noteSession, signIn, signOut } from './commands.ts'
import { findOpenSession } from './queries.ts'
import { isDueANote } from './session-life.ts'

/**
 * Everything under /staff: signing in and out, and `behindSignIn`, which nobody reaches without. Also an
 * address that does not exist leads to the sign-in page, so that a stranger cannot tell which do.
 */
export const staffPages: FastifyPluginAsync<{ behindSignIn: FastifyPluginAsync[] }> = async (
  app, { behindSignIn }
) => {
  await app.register(session, {
    async findSignedIn (cookie, now) {
      const open = await findOpenSession(app.db, cookie, now)
      if (open !== undefined && isDueANote(open, now)) await noteSession(app.db, open.id, now)
      return open?.member
    }
  })

  app.get('/sign-in', async (request, reply) => reply.page('staff/how-to-sign-in', { staff: request.staff }))

  // Mail programs and scanners open links: only the button signs in, and nothing presses it by itself.
  app.get('/sign-in/:token', async (_, reply) => reply.page('staff/sign-in'))

  app.post<{ Params: { token: string } }>('/sign-in/:token', {
    config: { rateLimit: aRoomful }
  }, async (request, reply) => {
    const cookie = await signIn(app.db, request.params.token, request.sessionCookie, app.clock())
    return reply.keepSession(cookie).redirect('/staff', 303)
  })

  app.post('/sign-out', async (request, reply) => {
    if (request.sessionCookie !== undefined) await signOut(app.db, request.sessionCookie, app.clock())
    return reply.forgetSession().redirect('/staff/sign-in', 303)
  })

  await app.register(async inside => {
    inside.addHook('onRequest', requireStaff)
    inside.addHook('onRequest', async (request, reply) => {
      const staff = staffOf(request)
      if (staff.role === 'host') await reply.code(403).page('staff/nothing-to-see-yet', { staff })
    })
    inside.setNotFoundHandler(async () => { throw app.httpErrors.notFound() })
    for (const routes of behindSignIn) await inside.register(routes)
  })
}
