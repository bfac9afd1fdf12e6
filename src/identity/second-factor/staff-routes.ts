import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { typedOf } from '../../platform/http/form-answers.ts'
import { formErrors } from '../../platform/http/form-errors.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId } from '../../platform/http/in-address.ts'
import { aRoomful } from '../../platform/http/limits.ts'
import { staffOf } from '../staff/session.ts'
import { findWaysToShow } from '../staff/queries.ts'
import type { WaysToShow } from '../staff/queries.ts'
import { allAre } from '../staff/roles.ts'
import { newFactorSecret, openSetup, sealSetup, setupOf } from './authenticator.ts'
import type { SecondFactor } from './authenticator.ts'
import { keepFactor, removeFactor, removeOwnFactor } from './commands.ts'
import { FactorSetupOver } from './errors.ts'
import { factorPageOf } from './page.ts'
import { refusedCodeOf } from './refused-code.ts'
import { factorForm, setupForm } from './schema.ts'

interface Member { Params: { id: string } }

/** Setting up, replacing and taking away one's own authenticator; admins take away that of whoever has lost it. */
export const factorStaffRoutes: FastifyPluginAsync<SecondFactor> = async (app, { seal, isRequired }) => {
  allAre(app, 'have an account')
  await app.register(takingAwayRoutes)
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
      const { status, errors } = refusedCodeOf(error)
      return await show(request, reply.code(status), member, errors)
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
      const { status, errors } = refusedCodeOf(error)
      return await offer(request, reply.code(status), secret, errors, setup)
    }
  })

  async function offer (
    request: FastifyRequest, reply: FastifyReply, secret: string, errors?: FormErrors, setup?: string
  ): Promise<FastifyReply> {
    const staff = staffOf(request)
    const member = await ownWays(request)
    return reply.page('identity/second-factor/new-second-factor', {
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
    return reply.page('identity/second-factor/second-factor', {
      staff: staffOf(request), ...factorPageOf(member, app.clock()), isRequired, values, errors
    })
  }

  async function ownWays (request: FastifyRequest): Promise<WaysToShow> {
    const member = await findWaysToShow(app.db, staffOf(request).id)
    if (member === undefined) throw app.httpErrors.notFound()
    return member
  }
}

/** The help for whoever has lost their authenticator. */
const takingAwayRoutes: FastifyPluginAsync = async app => {
  allAre(app, 'manage staff')

  const isTheirs = { config: { shownLately: true } }

  app.get<Member>('/members/:id/second-factor', isTheirs, async (request, reply) => {
    const { id, ...member } = await memberOf(request)
    if (member.factorSince === undefined) return reply.redirect('/staff/account/everyone', 303)
    return reply.page('identity/second-factor/remove-factor', { staff: staffOf(request), id, ...factorPageOf(member, app.clock()) })
  })

  app.post<Member>('/members/:id/second-factor', isTheirs, async (request, reply) => {
    const { id } = await memberOf(request)
    await removeFactor(app.db, app.outbox, id, staffOf(request), app.clock())
    return reply.redirect('/staff/account/everyone?done=factor-removed', 303)
  })

  async function memberOf ({ params: { id } }: { params: { id: string } }): Promise<WaysToShow & { id: string }> {
    const member = isId(id) ? await findWaysToShow(app.db, id) : undefined
    if (member === undefined) throw app.httpErrors.notFound()
    return { id, ...member }
  }
}
