import type { FastifyPluginAsync } from 'fastify'
import { perPage } from '../../platform/http/pagination.ts'
import { isId, pageNumber, sentenceFor } from '../../platform/http/url-params.ts'
import { staffOf } from './session.ts'
import { endOtherSessions, endSession } from './commands.ts'
import { SessionNotFound } from './errors.ts'
import { accountPageOf, everyonePageOf } from './page.ts'
import { findWithSessions, listWithSessions } from './queries.ts'
import { requirePermission } from './roles.ts'
import { hashOf } from './token.ts'

interface Done { Querystring: { done?: string } }
interface Everyone { Querystring: { done?: string, of?: unknown, page?: unknown } }
interface Member { Params: { id: string } }

const done: Record<string, string> = {
  one: 'That browser is signed out.',
  others: 'All your other browsers are signed out.',
  connected: 'Your work account is connected. You can sign in with it from now on.',
  disconnected: 'Your work account is not connected any more.',
  factor: 'Your authenticator app is set up. We ask for its code whenever you sign in by email.',
  'no-factor': 'Your authenticator app is removed. You sign in without its codes from now on.',
  'factor-removed': 'The authenticator app is removed, and they are signed out everywhere. They sign in without it from now on.'
}

/** A person's own page: who they are here, and where they are signed in. Admins see everyone's. */
export const accountRoutes: FastifyPluginAsync<{ hasProvider: boolean }> = async (app, { hasProvider }) => {
  requirePermission(app, 'have an account')

  app.get<Done>('/account', async (request, reply) => {
    const staff = staffOf(request)
    const member = await findWithSessions(app.db, staff.id, app.clock())
    if (member === undefined) throw app.httpErrors.notFound()
    const model = accountPageOf(member, hashOf(request.sessionCookie ?? ''), app.clock())
    return reply.page('identity/staff/account', {
      staff, ...model, hasProvider, done: sentenceFor(done, request.query.done)
    })
  })

  await app.register(everyoneRoutes)

  app.post<Member>('/account/sessions/:id/end', async (request, reply) => {
    const staff = staffOf(request)
    if (!isId(request.params.id)) throw new SessionNotFound()
    const whose = await endSession(app.db, staff, request.params.id, app.clock())
    return reply.redirect(whose === staff.id ? '/staff/account?done=one' : `/staff/account/everyone?of=${whose}&done=one`, 303)
  })

  app.post('/account/other-sessions/end', async (request, reply) => {
    await endOtherSessions(app.db, staffOf(request), request.sessionCookie ?? '', app.clock())
    return reply.redirect('/staff/account?done=others', 303)
  })
}

/** Who is signed in, a page at a time; and of one of them where, to sign them out. */
const everyoneRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'manage staff')

  app.get<Everyone>('/account/everyone', async (request, reply) => {
    const staff = staffOf(request)
    const now = app.clock()
    const banner = sentenceFor(done, request.query.done)
    const { of } = request.query
    const member = typeof of === 'string' && isId(of) ? await findWithSessions(app.db, of, now) : undefined
    if (member !== undefined) {
      const model = accountPageOf(member, hashOf(request.sessionCookie ?? ''), now)
      return reply.page('identity/staff/account-of', { staff, ...model, done: banner })
    }
    const page = pageNumber(request.query.page)
    const found = await listWithSessions(app.db, { skip: (page - 1) * perPage, take: perPage }, now)
    return reply.page('identity/staff/account-everyone', { staff, ...everyonePageOf({ ...found, page }, now), done: banner })
  })
}
