import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { typedOf } from '../http/form-answers.ts'
import { formError, formErrors } from '../http/form-errors.ts'
import type { FormErrors } from '../http/form-errors.ts'
import { isId, sentenceFor } from '../http/in-address.ts'
import { aFewLetters, aRoomful } from '../http/limits.ts'
import { staffOf } from '../http/session.ts'
import { newFactorSecret, openSetup, sealSetup, setupOf } from './authenticator.ts'
import type { SecondFactor } from './authenticator.ts'
import { sendToProvider } from './at-provider.ts'
import {
  disconnectWorkAccount, endOtherSessions, endSession, keepFactor, passByCode, removeFactor, removeOwnFactor,
  requestSignInLetter
} from './commands.ts'
import { FactorCodeWrong, FactorLocked, FactorSetupOver, SessionNotFound } from './errors.ts'
import type { Provider } from './openid.ts'
import { accountPageOf, factorPageOf } from './page.ts'
import { findWaysToShow, listSessions } from './queries.ts'
import type { WaysToShow } from './queries.ts'
import { allAre } from './roles.ts'
import { factorForm, setupForm } from './schema.ts'
import { isShownLately } from './session-life.ts'
import './shown-lately.ts'
import { hashOf, newToken } from './token.ts'
import { wayBackTo } from './way-back.ts'
import type { WayBack } from './way-back.ts'

interface WaysIn {
  provider: Provider | undefined
  secondFactor: SecondFactor
}

interface Done { Querystring: { done?: string } }
interface Member { Params: { id: string } }

const done: Record<string, string> = {
  one: 'That browser is signed out.',
  others: 'All your other browsers are signed out.',
  connected: 'Your work account is connected. You can sign in with it from now on.',
  disconnected: 'Your work account is not connected any more.',
  factor: 'Your authenticator app is set up. We ask for its code whenever you sign in by email.',
  'no-factor': 'Your authenticator app is taken away. You sign in without its codes from now on.',
  'factor-removed': 'The authenticator app is taken away, and they are signed out everywhere. They sign in without it from now on.'
}

/** Everybody's own pages: where they are signed in, and how they show who they are. Admins see it of everybody. */
export const accountRoutes: FastifyPluginAsync<WaysIn> = async (app, { provider, secondFactor }) => {
  allAre(app, 'have an account')

  app.get<Done>('/account', async (request, reply) => {
    const staff = staffOf(request)
    const [member] = await listSessions(app.db, app.clock(), staff.id)
    if (member === undefined) throw app.httpErrors.notFound()
    const model = accountPageOf(member, hashOf(request.sessionCookie ?? ''), app.clock())
    return reply.page('staff/account', {
      staff, ...model, hasProvider: provider !== undefined, done: sentenceFor(done, request.query.done)
    })
  })

  await app.register(everyoneRoutes)
  await app.register(factorRoutes, { provider, secondFactor })
  await app.register(againRoutes, { provider, secondFactor })

  app.post<Member>('/account/sessions/:id/end', async (request, reply) => {
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

/** Where everybody is signed in, and the help for whoever has lost their authenticator. */
const everyoneRoutes: FastifyPluginAsync = async app => {
  allAre(app, 'manage staff')

  app.get<Done>('/account/everyone', async (request, reply) => {
    const staff = staffOf(request)
    const members = await listSessions(app.db, app.clock())
    const own = hashOf(request.sessionCookie ?? '')
    const pages = members.map(member => accountPageOf(member, own, app.clock()))
    return reply.page('staff/account-everyone', { staff, members: pages, done: sentenceFor(done, request.query.done) })
  })

  const isTheirs = { config: { shownLately: true } }
  app.get<Member>('/members/:id/second-factor', isTheirs, async (request, reply) => {
    const { id, ...member } = await memberOf(request)
    if (member.factorSince === undefined) return reply.redirect('/staff/account/everyone', 303)
    return reply.page('staff/remove-factor', { staff: staffOf(request), id, ...factorPageOf(member, app.clock()) })
  })

  app.post<Member>('/members/:id/second-factor', isTheirs, async (request, reply) => {
    const { id } = await memberOf(request)
    await removeFactor(app.db, id, staffOf(request), app.clock())
    return reply.redirect('/staff/account/everyone?done=factor-removed', 303)
  })

  async function memberOf ({ params: { id } }: { params: { id: string } }): Promise<WaysToShow & { id: string }> {
    const member = isId(id) ? await findWaysToShow(app.db, id) : undefined
    if (member === undefined) throw app.httpErrors.notFound()
    return { id, ...member }
  }
}

/** Setting up, replacing and taking away one's own authenticator. */
const factorRoutes: FastifyPluginAsync<WaysIn> = async (app, { secondFactor: { seal, isRequired } }) => {
  allAre(app, 'have an account')
  const hostname = new URL(app.publicUrl).hostname

  app.get('/account/second-factor', async (request, reply) => {
    const member = await ownWays(request)
    if (member.factorSince === undefined) return reply.redirect('/staff/account/second-factor/new', 303)
    return await show(request, reply, member)
  })

  app.post('/account/second-factor/removal', { config: { rateLimit: aRoomful } }, async (request, reply) => {
    const member = await ownWays(request)
    const read = factorForm.safeParse(request.body ?? {})
    if (!read.success) return await show(request, reply.code(400), member, formErrors(read.error, ['code']))
    try {
      await removeOwnFactor(app.db, seal, request.sessionCookie ?? '', read.data.code, app.clock())
      return reply.redirect('/staff/account?done=no-factor', 303)
    } catch (error) {
      return await show(request, reply.code(statusOfCode(error)), member, formError('code', sentenceOfCode(error)))
    }
  })

  // Nothing is kept before a code has come from it, so that nobody is locked out by a page that they only looked
  // at; the form brings the secret back, sealed. It is for whoever showed lately who they are, and so is the form.
  app.get('/account/second-factor/new', { config: { beforeSetUp: true, shownLately: true } }, async (request, reply) =>
    await offer(request, reply, newFactorSecret()))

  app.post('/account/second-factor/new', { config: { beforeSetUp: true, rateLimit: aRoomful } }, async (request, reply) => {
    const { id } = staffOf(request)
    const read = setupForm.safeParse(request.body ?? {})
    const { setup = '' } = read.success ? read.data : typedOf(request.body, ['setup'])
    const secret = openSetup(seal, setup, id, app.clock())
    if (secret === undefined) throw new FactorSetupOver()
    if (!read.success) return await offer(request, reply.code(400), secret, formErrors(read.error, ['code']), setup)
    try {
      await keepFactor(app.db, seal, id, read.data, app.clock())
      return reply.redirect('/staff/account?done=factor', 303)
    } catch (error) {
      return await offer(request, reply.code(statusOfCode(error)), secret, formError('code', sentenceOfCode(error)), setup)
    }
  })

  async function offer (
    request: FastifyRequest, reply: FastifyReply, secret: string, errors?: FormErrors, setup?: string
  ): Promise<FastifyReply> {
    const staff = staffOf(request)
    const member = await ownWays(request)
    return reply.page('staff/new-second-factor', {
      staff,
      ...setupOf(secret, { issuer: hostname, label: member.email }),
      setup: setup ?? sealSetup(seal, secret, staff.id, app.clock()),
      isReplacing: member.factorSince !== undefined,
      isAsked: isRequired && request.signedIn?.lacksFactor === true,
      values: typedOf(request.body, ['code']),
      errors
    })
  }

  async function show (
    request: FastifyRequest, reply: FastifyReply, member: WaysToShow, errors?: FormErrors
  ): Promise<FastifyReply> {
    const values = typedOf(request.body, ['code'])
    return reply.page('staff/second-factor', {
      staff: staffOf(request), ...factorPageOf(member, app.clock()), isRequired, values, errors
    })
  }

  async function ownWays (request: FastifyRequest): Promise<WaysToShow> {
    const member = await findWaysToShow(app.db, staffOf(request).id)
    if (member === undefined) throw app.httpErrors.notFound()
    return member
  }
}

/** Showing again who one is, by what one has, before lists of people are taken out. */
const againRoutes: FastifyPluginAsync<WaysIn> = async (app, { provider, secondFactor }) => {
  allAre(app, 'have an account')
  const countLetters = app.limitOn(aFewLetters)
  const limited = { config: { beforeSetUp: true, rateLimit: aRoomful } }

  app.get('/again', { config: { beforeSetUp: true } }, async (request, reply) => {
    const way = wayOf(request)
    const { signedIn } = request
    if (signedIn === undefined || !isShownLately(signedIn.shownAt, app.clock())) return await ask(request, reply, way)
    reply.forgetMark('back')
    if (way?.isFile !== true) return reply.redirect(way?.href ?? '/staff', 303)
    return reply.page('staff/shown-again', { staff: staffOf(request), href: way.href })
  })

  app.post('/again', limited, async (request, reply) => {
    const way = wayOf(request)
    const read = factorForm.safeParse(request.body ?? {})
    if (!read.success) return await ask(request, reply.code(400), way, formErrors(read.error, ['code']))
    try {
      const cookie = await passByCode(app.db, secondFactor.seal, request.sessionCookie ?? '', read.data.code, app.clock())
      return reply.keepSession(cookie).redirect(hrefOf('/staff/again', way), 303)
    } catch (error) {
      return await ask(request, reply.code(statusOfCode(error)), way, formError('code', sentenceOfCode(error)))
    }
  })

  // The same letter as for signing in: it opens another session, in which this was shown, and ends this one.
  app.post('/again/letter', limited, async (request, reply) => {
    const { id } = staffOf(request)
    const { email } = await waysOf(request)
    await countLetters(id, request, reply)
    const browser = newToken()
    await requestSignInLetter(app.db, app.outbox, { email, browser }, app.clock())
    return keepWay(reply, wayOf(request)).keepMark('letter', browser).redirect('/staff/sign-in/code', 303)
  })

  if (provider !== undefined) {
    app.post('/again/openid', limited, async (request, reply) =>
      await sendToProvider(provider, 'again', keepWay(reply, wayOf(request)), request.sessionCookie))
  }

  async function ask (
    request: FastifyRequest, reply: FastifyReply, way: WayBack | undefined, errors?: FormErrors
  ): Promise<FastifyReply> {
    const { factorSince, isConnected } = await waysOf(request)
    const mustSetUp = secondFactor.isRequired && request.signedIn?.lacksFactor === true
    return reply.page('staff/again', {
      staff: staffOf(request),
      isForFile: way?.isFile === true,
      hasFactor: factorSince !== undefined,
      hasProvider: provider !== undefined && isConnected && !mustSetUp,
      hrefs: {
        code: hrefOf('/staff/again', way), letter: hrefOf('/staff/again/letter', way), openid: hrefOf('/staff/again/openid', way)
      },
      values: typedOf(request.body, ['code']),
      errors
    })
  }

  async function waysOf (request: FastifyRequest): Promise<WaysToShow> {
    const member = await findWaysToShow(app.db, staffOf(request).id)
    if (member === undefined) throw app.httpErrors.notFound()
    return member
  }

  function keepWay (reply: FastifyReply, way: WayBack | undefined): FastifyReply {
    return way === undefined ? reply.forgetMark('back') : reply.keepMark('back', way.href)
  }
}

const wayOf = ({ query }: FastifyRequest) => wayBackTo((query as { to?: unknown }).to)

const hrefOf = (path: string, way: WayBack | undefined) =>
  way === undefined ? path : `${path}?${new URLSearchParams({ to: way.href })}`

/** What to say at the field about a code that was not taken; throws on what is about something else. */
function sentenceOfCode (error: unknown): string {
  if (error instanceof FactorCodeWrong || error instanceof FactorLocked) return error.message
  throw error
}

const statusOfCode = (error: unknown) => error instanceof FactorLocked ? 429 : 409
