import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { formError, formErrors } from '../http/form-errors.ts'
import type { FormErrors } from '../http/form-errors.ts'
import { aFewLetters, aRoomful } from '../http/limits.ts'
import { requireStaff, session, staffOf } from '../http/session.ts'
import { noteSession, requestSignInLetter, signIn, signInByCode, signOut } from './commands.ts'
import type { Arrival } from './commands.ts'
import { deviceOf } from './device.ts'
import { SignInCodeWrong, SignInLinkUsed } from './errors.ts'
import { findOpenSession, whereLinkWorks } from './queries.ts'
import { codeForm, signInForm } from './schema.ts'
import { isDueANote } from './session-life.ts'
import { hashOf, newToken } from './token.ts'

interface Link { Params: { token: string } }

/** Longer than either answer takes, so that how long it took does not tell whether somebody works here. */
const answerMs = 400

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

  await app.register(signInRoutes)

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

/** The ways in: by a letter's link or code, and by a link that was printed at a terminal. */
const signInRoutes: FastifyPluginAsync = async app => {
  const countLetters = app.limitOn(aFewLetters)

  app.get('/sign-in', async (request, reply) => await ask(request, reply))

  // The answer is the same for everybody, cookie and all: whoever works here has a letter as well.
  app.post('/sign-in', { config: { rateLimit: aRoomful } }, async (request, reply) => {
    const read = signInForm.safeParse(request.body ?? {})
    if (!read.success) return await ask(request, reply.code(400), formErrors(read.error, ['email']))
    const { email } = read.data
    await countLetters(hashOf(email), request, reply)
    const browser = newToken()
    await Promise.all([requestSignInLetter(app.db, app.outbox, { email, browser }, app.clock()), sleep(answerMs)])
    return reply.keepMark('letter', browser).redirect('/staff/sign-in/code', 303)
  })

  app.get('/sign-in/code', async (_, reply) => reply.page('staff/sign-in-code', { values: {} }))

  app.post('/sign-in/code', { config: { rateLimit: aRoomful } }, async (request, reply) => {
    const read = codeForm.safeParse(request.body ?? {})
    if (!read.success) return await askForCode(request, reply.code(400), formErrors(read.error, ['code']))
    try {
      const signingIn = signInByCode(app.db, read.data.code, arrivalOf(request), app.clock())
      await Promise.allSettled([signingIn, sleep(answerMs)])
      return await letIn(reply, await signingIn)
    } catch (error) {
      if (!(error instanceof SignInCodeWrong)) throw error
      return await askForCode(request, reply.code(409), formError('code', error.message))
    }
  })

  // Mail programs and scanners open links: only the button signs in, and nothing presses it by itself.
  app.get<Link>('/sign-in/:token', async (request, reply) => {
    switch (await whereLinkWorks(app.db, request.params.token, request.markOf('letter'), app.clock())) {
      case 'here': return reply.page('staff/sign-in')
      case 'elsewhere': return reply.page('staff/sign-in-elsewhere')
      case 'nowhere': return await sayItIsGone(request, reply)
    }
  })

  app.post<Link>('/sign-in/:token', { config: { rateLimit: aRoomful } }, async (request, reply) => {
    const { token } = request.params
    try {
      return await letIn(reply, await signIn(app.db, token, arrivalOf(request), app.clock()))
    } catch (error) {
      if (!(error instanceof SignInLinkUsed)) throw error
      const where = await whereLinkWorks(app.db, token, request.markOf('letter'), app.clock())
      return where === 'elsewhere'
        ? reply.code(409).page('staff/sign-in-elsewhere')
        : await sayItIsGone(request, reply)
    }
  })

  async function ask (request: FastifyRequest, reply: FastifyReply, errors?: FormErrors): Promise<FastifyReply> {
    const { staff } = request
    return reply.page('staff/how-to-sign-in', { staff, values: typedIn(request), errors })
  }

  async function askForCode (request: FastifyRequest, reply: FastifyReply, errors: FormErrors): Promise<FastifyReply> {
    return reply.page('staff/sign-in-code', { values: typedIn(request), errors })
  }

  async function sayItIsGone (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    return reply.code(410).page('staff/how-to-sign-in', {
      staff: request.staff, values: {}, gone: new SignInLinkUsed().message
    })
  }

  async function letIn (reply: FastifyReply, cookie: string): Promise<FastifyReply> {
    return reply.forgetMark('letter').keepSession(cookie).redirect('/staff', 303)
  }
}

function arrivalOf (request: FastifyRequest): Arrival {
  return {
    browser: request.markOf('letter'),
    earlierCookie: request.sessionCookie,
    device: deviceOf(request.headers['user-agent'])
  }
}

/** What came with a form, for the form to show again. */
function typedIn ({ body }: FastifyRequest): Record<string, string> {
  const fields = Object.entries(Object(body) as Record<string, unknown>)
  return Object.fromEntries(fields.filter((field): field is [string, string] => typeof field[1] === 'string'))
}
