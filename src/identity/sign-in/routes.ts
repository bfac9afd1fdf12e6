import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { asking, catching, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import { shownAt } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { emailRateLimit, formRateLimit } from '../../platform/http/limits.ts'
import { networkOf } from '../../platform/http/network.ts'
import { requireStaff, session, staffOf } from '../staff/session.ts'
import { mustSetUp } from '../second-factor/authenticator.ts'
import { passByCode } from '../second-factor/commands.ts'
import { refusedCodeOf } from '../second-factor/refused-code.ts'
import { factorForm } from '../second-factor/schema.ts'
import { factorStaffRoutes } from '../second-factor/staff-routes.ts'
import { browserDetailsOf } from '../staff/browser-details.ts'
import { noteSession, signOut } from '../staff/commands.ts'
import { SessionOver } from '../staff/errors.ts'
import { findOpenSession, isCodeAwaited } from '../staff/queries.ts'
import { sayWhoMay } from '../staff/refusal.ts'
import { mayEver } from '../staff/roles.ts'
import { isDueANote } from '../staff/session-life.ts'
import { askToSignInAgain, redirectAfterSignIn } from '../staff/recent-sign-in.ts'
import { accountRoutes } from '../staff/staff-routes.ts'
import { workAccountRoutes } from '../work-account/routes.ts'
import { workAccountStaffRoutes } from '../work-account/staff-routes.ts'
import { requesterOf } from './requester.ts'
import { requestSignInEmail, signIn, signInByCode } from './commands.ts'
import type { Opened } from './commands.ts'
import { SignInCodeWrong, SignInLinkUsed } from './errors.ts'
import { whereLinkWorks } from './queries.ts'
import { codeForm, signInForm } from './schema.ts'
import { againRoutes } from './staff-routes.ts'
import type { WaysIn } from './staff-routes.ts'

interface Link { Params: { token: string } }

/** Longer than either answer takes, so that the time does not tell whether someone works here. */
const answerMs = 400

/** The only place for people who must have an authenticator and have not set one up. */
const setUpPath = '/staff/account/second-factor/new'

/**
 * Everything under /staff: signing in and out, and `behindSignIn`, which requires a session. An address that does not
 * exist leads to the sign-in page too, so that a stranger cannot tell which do.
 */
export const staffPages: FastifyPluginAsync<WaysIn & { behindSignIn: FastifyPluginAsync[] }> = async (
  app, { behindSignIn, provider, secondFactor, knownBrowsers }
) => {
  const waysIn = { provider, secondFactor, knownBrowsers }

  await app.register(session, {
    async findSignedIn (cookie, now) {
      const open = await findOpenSession(app.db, cookie, now)
      if (open === undefined) return undefined
      if (isDueANote(open, now)) await noteSession(app.db, open.id, now)
      const { member, signedInAt, hasTwoFactors, hasFactor } = open
      return { member, signedInAt, lacksFactor: !hasTwoFactors && !hasFactor }
    }
  })

  await app.register(emailRoutes, waysIn)
  await app.register(factorRoutes, waysIn)
  await app.register(linkRoutes, waysIn)
  if (provider !== undefined) await app.register(workAccountRoutes, { provider, secondFactor })

  app.post('/sign-out', async (request, reply) => {
    const openedBy = await signOut(app.db, request.sessionCookie ?? '', app.clock())
    const isThere = openedBy === 'openid' && await provider?.signOutAddress() !== undefined
    // On a computer that others use, Back must not show what was read.
    reply.header('clear-site-data', '"cache", "storage"').forgetSession().forgetMark('back')
    return reply.redirect(isThere ? '/staff/signed-out' : '/staff/sign-in', 303)
  })

  // A page with a link: Chromium applies `form-action` to a redirect after a form.
  app.get('/signed-out', async (_, reply) => {
    const href = await provider?.signOutAddress()
    return reply.page('identity/sign-in/signed-out', { href: href?.href })
  })

  await app.register(async inside => {
    inside.addHook('onRequest', async (request, reply) => {
      const { staff, sessionCookie } = request
      if (staff !== undefined || sessionCookie === undefined) return
      if (await isCodeAwaited(app.db, sessionCookie, app.clock())) await reply.redirect('/staff/sign-in/factor', 303)
    })
    inside.addHook('onRequest', requireStaff)
    inside.addHook('onRequest', async (request, reply) => {
      const { beforeSetUp } = request.routeOptions.config
      if (beforeSetUp !== true && mustSetUp(secondFactor, request)) await reply.redirect(setUpPath, 303)
    })
    inside.addHook('onRequest', async (request, reply) => {
      const { permission } = request.routeOptions.config
      if (request.is404 || (permission !== undefined && mayEver(staffOf(request), permission))) return
      await sayWhoMay(reply, staffOf(request), permission)
    })
    inside.addHook('onRequest', async (request, reply) => {
      const { recentSignIn } = request.routeOptions.config
      if (recentSignIn === true) await askToSignInAgain(request, reply, request.url)
    })
    inside.setNotFoundHandler(async () => { throw app.httpErrors.notFound() })
    await inside.register(accountRoutes, { hasProvider: provider !== undefined })
    await inside.register(factorStaffRoutes, secondFactor)
    await inside.register(workAccountStaffRoutes, { provider })
    await inside.register(againRoutes, waysIn)
    for (const routes of behindSignIn) await inside.register(routes)
  })
}

/** Signing in by email: it brings a link, and a code for people who read it on another device. */
const emailRoutes: FastifyPluginAsync<WaysIn> = async (app, { provider, knownBrowsers }) => {
  const countEmails = app.limitOn('sign in', emailRateLimit)

  app.get('/sign-in', asking(async asked => ask(asked)))

  // The answer is the same for everyone, cookie included: people who work here get an email as well.
  app.post('/sign-in', { config: { rateLimit: formRateLimit } }, asking(form({
    schema: signInForm, fields: ['email'], again: ask
  }, async ({ request, input: { email }, reply }) => {
    const requester = requesterOf(request, knownBrowsers)
    // Counted by asker too: someone who asks in another person's name must not use up that person's limit.
    await countEmails(`${requester.knownAs ?? requester.sender} ${email}`, reply)
    await Promise.all([requestSignInEmail(app.db, app.outbox, email, requester, app.clock()), sleep(answerMs)])
    return await reply.keepMark('letter', requester.browser).redirect('/staff/sign-in/code', 303)
  })))

  app.get('/sign-in/code', asking(async asked => askForCode(asked)))

  app.post('/sign-in/code', { config: { rateLimit: formRateLimit } }, asking(form({
    schema: codeForm,
    fields: ['code'],
    again: askForCode,
    refused: shownAt('code', SignInCodeWrong)
  }, async ({ request, input: { code }, reply }) => {
    const signingIn = signInByCode(app.db, code, browserDetailsOf(request), app.clock())
    await Promise.allSettled([signingIn, sleep(answerMs)])
    return await welcome(request, reply, await signingIn, knownBrowsers)
  })))

  function ask ({ request: { staff }, body, reply }: Asked, errors?: FormErrors): FastifyReply {
    return reply.page('identity/sign-in/how-to-sign-in', {
      staff, values: typedOf(body, ['email']), errors, hasProvider: provider !== undefined
    })
  }

  function askForCode ({ body, reply }: Asked, errors?: FormErrors): FastifyReply {
    return reply.page('identity/sign-in/sign-in-code', { values: typedOf(body, ['code']), errors })
  }
}

/** The second step of those who have an authenticator. */
const factorRoutes: FastifyPluginAsync<WaysIn> = async (app, { provider, secondFactor }) => {
  app.get('/sign-in/factor', unlessSignedIn(async asked => {
    const { request: { sessionCookie = '' }, reply } = asked
    if (await isCodeAwaited(app.db, sessionCookie, app.clock())) return askForFactor(asked)
    return await reply.redirect('/staff/sign-in', 303)
  }))

  app.post('/sign-in/factor', { config: { rateLimit: formRateLimit } }, unlessSignedIn(catching(SessionOver, sayItIsOver, form({
    schema: factorForm, fields: ['code'], again: askForFactor, refused: refusedCodeOf
  }, async ({ request, input: { code }, reply }) => {
    const { sessionCookie = '', ip } = request
    const cookie = await passByCode(app.db, secondFactor.seal, sessionCookie, code, app.clock(), networkOf(ip))
    return await letIn(request, reply, cookie)
  }))))

  function sayItIsOver ({ request, reply }: Asked, { message }: SessionOver): FastifyReply {
    return sayItIsGone(request, reply.forgetSession(), provider, message)
  }

  /** Redirects people who are signed in already to where they were going. */
  function unlessSignedIn (answer: (asked: Asked) => Promise<FastifyReply>) {
    return asking(async asked =>
      asked.request.staff === undefined ? await answer(asked) : await redirectAfterSignIn(asked.request, asked.reply))
  }

  function askForFactor ({ body, reply }: Asked, errors?: FormErrors): FastifyReply {
    return reply.page('identity/sign-in/sign-in-factor', { values: typedOf(body, ['code']), errors })
  }
}

/** Signing in by a link, from an email or printed at a terminal. */
const linkRoutes: FastifyPluginAsync<WaysIn> = async (app, { provider, knownBrowsers }) => {
  // Mail programs and scanners open links: only the button signs in, and no program presses it.
  app.get<Link>('/sign-in/:token', async (request, reply) => {
    switch (await whereLinkWorks(app.db, request.params.token, request.markOf('letter'), app.clock())) {
      case 'here': return reply.page('identity/sign-in/sign-in')
      case 'elsewhere': return reply.page('identity/sign-in/sign-in-elsewhere')
      case 'nowhere': return sayItIsGone(request, reply, provider)
    }
  })

  app.post('/sign-in/:token', { config: { rateLimit: formRateLimit } }, asking<Link>(catching(
    SignInLinkUsed, sayWhereItWorks, async ({ request, params: { token }, reply }) => {
      const opened = await signIn(app.db, token, browserDetailsOf(request), app.clock())
      return await welcome(request, reply, opened, knownBrowsers)
    })))

  async function sayWhereItWorks ({ request, params: { token }, reply }: Asked<Link>): Promise<FastifyReply> {
    const where = await whereLinkWorks(app.db, token, request.markOf('letter'), app.clock())
    return where === 'elsewhere'
      ? reply.code(409).page('identity/sign-in/sign-in-elsewhere')
      : sayItIsGone(request, reply, provider)
  }
}

function sayItIsGone (
  { staff }: FastifyRequest, reply: FastifyReply, provider: WaysIn['provider'], gone = new SignInLinkUsed().message
): FastifyReply {
  return reply.code(410).page('identity/sign-in/how-to-sign-in', {
    staff, values: {}, gone, hasProvider: provider !== undefined
  })
}

/** Marks the browser as the own one of a person who signs in by email. */
async function welcome (
  request: FastifyRequest, reply: FastifyReply, { staffMemberId, cookie }: Opened, knownBrowsers: WaysIn['knownBrowsers']
): Promise<FastifyReply> {
  const known = knownBrowsers.tokenOf({ id: staffMemberId, version: 0 })
  return await letIn(request, reply.keepMark('known', known), cookie)
}

async function letIn (request: FastifyRequest, reply: FastifyReply, cookie: string): Promise<FastifyReply> {
  return await redirectAfterSignIn(request, reply.forgetMark('letter').keepSession(cookie))
}
