import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { formError, formErrors } from '../http/form-errors.ts'
import type { FormErrors } from '../http/form-errors.ts'
import { isId } from '../http/in-address.ts'
import { aFewLetters, aRoomful } from '../http/limits.ts'
import { requireStaff, session, staffOf } from '../http/session.ts'
import {
  connectWorkAccount, disconnectWorkAccount, endOtherSessions, endSession, noteSession, requestSignInLetter, signIn,
  signInByCode, signInByWorkAccount, signOut
} from './commands.ts'
import type { Arrival } from './commands.ts'
import { deviceOf } from './device.ts'
import { SessionNotFound, SignInCodeWrong, SignInLinkUsed } from './errors.ts'
import type { Provider, WorkAccount } from './openid.ts'
import { accountPageOf } from './page.ts'
import { findOpenSession, listSessions, whereLinkWorks } from './queries.ts'
import { sayWhoMay } from './refusal.ts'
import { allAre, mayEver } from './roles.ts'
import { codeForm, signInForm } from './schema.ts'
import { isDueANote } from './session-life.ts'
import { hashOf, newToken } from './token.ts'

interface WithProvider { provider: Provider | undefined }
interface Done { Querystring: { done?: string } }
interface Link { Params: { token: string } }

/** Longer than either answer takes, so that how long it took does not tell whether somebody works here. */
const answerMs = 400

/**
 * Everything under /staff: signing in and out, and `behindSignIn`, which nobody reaches without. Also an
 * address that does not exist leads to the sign-in page, so that a stranger cannot tell which do.
 */
export const staffPages: FastifyPluginAsync<{
  behindSignIn: FastifyPluginAsync[]
  /** Undefined: people sign in by letter only. */
  provider: Provider | undefined
}> = async (app, { behindSignIn, provider }) => {
  await app.register(session, {
    async findSignedIn (cookie, now) {
      const open = await findOpenSession(app.db, cookie, now)
      if (open !== undefined && isDueANote(open, now)) await noteSession(app.db, open.id, now)
      return open?.member
    }
  })

  await app.register(signInRoutes, { provider })

  app.post('/sign-out', async (request, reply) => {
    if (request.sessionCookie !== undefined) await signOut(app.db, request.sessionCookie, app.clock())
    return reply.forgetSession().redirect('/staff/sign-in', 303)
  })

  await app.register(async inside => {
    inside.addHook('onRequest', requireStaff)
    inside.addHook('onRequest', async (request, reply) => {
      const { task } = request.routeOptions.config
      if (request.is404 || (task !== undefined && mayEver(staffOf(request), task))) return
      await sayWhoMay(reply, staffOf(request), task)
    })
    inside.setNotFoundHandler(async () => { throw app.httpErrors.notFound() })
    for (const routes of [accountRoutes, ...behindSignIn]) await inside.register(routes, { provider })
  })
}

/** The ways in: by a letter's link or code, and by a link that was printed at a terminal. */
const signInRoutes: FastifyPluginAsync<WithProvider> = async (app, { provider }) => {
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

  if (provider !== undefined) {
    app.post('/sign-in/openid', { config: { rateLimit: aRoomful } }, async (_, reply) =>
      await sendToProvider(provider, 'sign-in', reply))

    // The one GET that signs in: a provider can answer in no other way that brings our cookies along. It does for
    // nobody but the browser that pressed the button, which its cookie shows, and once.
    app.get('/sign-in/openid/return', { config: { rateLimit: aRoomful } }, async (request, reply) => {
      const [purpose = '', secret = ''] = request.markOf('openid')?.split('.') ?? []
      reply.forgetMark('openid')
      const search = /\?.*/s.exec(request.url)?.[0] ?? ''
      if (purpose === 'connect') {
        const { staff, sessionCookie = '' } = request
        const account = staff && await whoCame(provider, connectingSecret(secret, sessionCookie), search, request)
        if (staff === undefined || account === undefined) return await sayItFailed(reply)
        await connectWorkAccount(app.db, staff.id, account, app.clock())
        return reply.redirect('/staff/account?done=connected', 303)
      }
      const account = await whoCame(provider, secret, search, request)
      if (account === undefined) return await sayItFailed(reply)
      const cookie = await signInByWorkAccount(app.db, account, arrivalOf(request), app.clock())
      return reply.keepSession(cookie).redirect('/staff', 303)
    })
  }

  async function sayItFailed (reply: FastifyReply): Promise<FastifyReply> {
    return reply.code(403).page('staff/sign-in-failed')
  }

  async function ask (request: FastifyRequest, reply: FastifyReply, errors?: FormErrors): Promise<FastifyReply> {
    const { staff } = request
    return reply.page('staff/how-to-sign-in', { staff, values: typedIn(request), errors, hasProvider: provider !== undefined })
  }

  async function askForCode (request: FastifyRequest, reply: FastifyReply, errors: FormErrors): Promise<FastifyReply> {
    return reply.page('staff/sign-in-code', { values: typedIn(request), errors })
  }

  async function sayItIsGone (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    return reply.code(410).page('staff/how-to-sign-in', {
      staff: request.staff, values: {}, gone: new SignInLinkUsed().message, hasProvider: provider !== undefined
    })
  }

  async function letIn (reply: FastifyReply, cookie: string): Promise<FastifyReply> {
    return reply.forgetMark('letter').keepSession(cookie).redirect('/staff', 303)
  }
}

const done: Record<string, string> = {
  one: 'That browser is signed out.',
  others: 'All your other browsers are signed out.',
  connected: 'Your work account is connected. You can sign in with it from now on.',
  disconnected: 'Your work account is not connected any more.'
}

/** Everybody's own page: where they are signed in. Admins see it of everybody. */
const accountRoutes: FastifyPluginAsync<WithProvider> = async (app, { provider }) => {
  allAre(app, 'have an account')

  app.get<Done>('/account', async (request, reply) => {
    const staff = staffOf(request)
    const [member] = await listSessions(app.db, app.clock(), staff.id)
    if (member === undefined) throw app.httpErrors.notFound()
    const model = accountPageOf(member, hashOf(request.sessionCookie ?? ''), app.clock())
    return reply.page('staff/account', { staff, ...model, hasProvider: provider !== undefined, done: done[request.query.done ?? ''] })
  })

  await app.register(everyoneRoutes)

  app.post<{ Params: { id: string } }>('/account/sessions/:id/end', async (request, reply) => {
    const staff = staffOf(request)
    if (!isId(request.params.id)) throw new SessionNotFound()
    const whose = await endSession(app.db, staff, request.params.id, app.clock())
    return reply.redirect(whose === staff.id ? '/staff/account?done=one' : '/staff/account/everyone?done=one', 303)
  })

  if (provider !== undefined) {
    app.post('/account/work-account', { config: { rateLimit: aRoomful } }, async (request, reply) =>
      await sendToProvider(provider, 'connect', reply, request.sessionCookie))
  }

  app.post('/account/work-account/disconnection', async (request, reply) => {
    await disconnectWorkAccount(app.db, staffOf(request).id, app.clock())
    return reply.redirect('/staff/account?done=disconnected', 303)
  })

  app.post('/account/other-sessions/end', async (request, reply) => {
    await endOtherSessions(app.db, staffOf(request), request.sessionCookie ?? '', app.clock())
    return reply.redirect('/staff/account?done=others', 303)
  })
}

/** Where everybody is signed in. */
const everyoneRoutes: FastifyPluginAsync = async app => {
  allAre(app, 'manage staff')

  app.get<Done>('/account/everyone', async (request, reply) => {
    const staff = staffOf(request)
    const members = await listSessions(app.db, app.clock())
    const own = hashOf(request.sessionCookie ?? '')
    const pages = members.map(member => accountPageOf(member, own, app.clock()))
    return reply.page('staff/account-everyone', { staff, members: pages, done: done[request.query.done ?? ''] })
  })
}

/**
 * Sends a browser to the provider. By a page that leads on by itself, and not by a redirect: to that Chromium
 * applies `form-action` of the page with the button, hop by hop, wherever the provider passes people on to.
 */
async function sendToProvider (
  provider: Provider, purpose: 'sign-in' | 'connect', reply: FastifyReply, sessionCookie = ''
): Promise<FastifyReply> {
  const secret = newToken()
  const began = purpose === 'connect' ? connectingSecret(secret, sessionCookie) : secret
  const href = await provider.begin(began).then(String, error => {
    reply.log.warn({ err: error }, 'The OpenID provider could not be asked.')
  })
  if (href === undefined) return reply.code(503).header('retry-after', '60').page('staff/sign-in-failed', { isAway: true })
  return reply.keepMark('openid', `${purpose}.${secret}`).header('referrer-policy', 'no-referrer')
    .page('staff/sign-in-on-your-way', { href })
}

/** Bound to the session in which somebody connects: nobody who signs in meanwhile gets another's account. */
function connectingSecret (secret: string, sessionCookie: string): string {
  return hashOf(`connect ${secret} ${sessionCookie}`)
}

/** Who came back from the provider; undefined where that is not certain, which the log explains. */
async function whoCame (
  provider: Provider, secret: string, search: string, { log }: FastifyRequest
): Promise<WorkAccount | undefined> {
  return await provider.finish(secret, search).catch((error: unknown) => {
    log.warn({ err: error }, 'An answer of the OpenID provider was not taken.')
    return undefined
  })
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
