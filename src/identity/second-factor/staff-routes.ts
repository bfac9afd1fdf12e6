import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { asking, form } from '../../platform/http/form.ts'
import type { Asked } from '../../platform/http/form.ts'
import { typedOf } from '../../platform/http/form-answers.ts'
import type { FormErrors } from '../../platform/http/form-errors.ts'
import { isId } from '../../platform/http/url-params.ts'
import { formRateLimit } from '../../platform/http/limits.ts'
import { staffOf } from '../staff/session.ts'
import { findWaysToShow } from '../staff/queries.ts'
import type { WaysToShow } from '../staff/queries.ts'
import { requirePermission } from '../staff/roles.ts'
import { mustSetUp, newFactorSecret, openSetup, sealSetup, setupOf } from './authenticator.ts'
import type { SecondFactor } from './authenticator.ts'
import { keepFactor, removeFactor, removeOwnFactor } from './commands.ts'
import { FactorSetupOver } from './errors.ts'
import { factorPageOf } from './page.ts'
import { refusedCodeOf } from './refused-code.ts'
import { factorForm, setupForm } from './schema.ts'

interface Member { Params: { id: string } }

/** Setting up, replacing and removing one's own authenticator; admins remove a lost one. */
export const factorStaffRoutes: FastifyPluginAsync<SecondFactor> = async (app, { seal, isRequired }) => {
  requirePermission(app, 'have an account')
  await app.register(takingAwayRoutes)
  const hostname = new URL(app.publicUrl).hostname

  app.get('/account/second-factor', asking(async asked => {
    const { factorSince } = await ownWays(asked.request)
    if (factorSince === undefined) return asked.reply.redirect('/staff/account/second-factor/new', 303)
    return await show(asked)
  }))

  app.post('/account/second-factor/removal', { config: { rateLimit: formRateLimit } }, asking(form({
    schema: factorForm, fields: ['code'], again: show, refused: refusedCodeOf
  }, async ({ request, input, reply }) => {
    await removeOwnFactor(app.db, seal, request.sessionCookie ?? '', input.code, app.clock())
    return await reply.redirect('/staff/account?done=no-factor', 303)
  })))

  // Nothing is stored before a code has come from it, so that looking at the page locks no one out; the form brings the
  // secret back, sealed. Both the page and its form are for people who have lately proved who they are.
  app.get('/account/second-factor/new', { config: { beforeSetUp: true, recentSignIn: true } }, asking(async asked =>
    await offer(asked, newFactorSecret())))

  app.post('/account/second-factor/new', { config: { beforeSetUp: true, rateLimit: formRateLimit } }, asking(form({
    schema: setupForm,
    fields: ['code'],
    again: async (asked, errors) => await offer(asked, secretIn(asked), errors),
    refused: refusedCodeOf
  }, async asked => {
    secretIn(asked)
    await keepFactor(app.db, seal, staffOf(asked.request).id, asked.input, app.clock())
    return await asked.reply.redirect('/staff/account?done=factor', 303)
  })))

  /** The secret that the form brings back. */
  function secretIn ({ request, body }: Asked): string {
    const { setup = '' } = typedOf(body, ['setup'])
    const secret = openSetup(seal, setup, staffOf(request).id, app.clock())
    if (secret === undefined) throw new FactorSetupOver()
    return secret
  }

  async function offer ({ request, body, reply }: Asked, secret: string, errors?: FormErrors): Promise<FastifyReply> {
    const staff = staffOf(request)
    const member = await ownWays(request)
    const { code, setup = sealSetup(seal, secret, staff.id, app.clock()) } = typedOf(body, ['code', 'setup'])
    return reply.page('identity/second-factor/new-second-factor', {
      staff,
      ...setupOf(secret, { issuer: hostname, label: member.email }),
      setup,
      isReplacing: member.factorSince !== undefined,
      isAsked: mustSetUp({ isRequired }, request),
      values: { code },
      errors
    })
  }

  async function show ({ request, body, reply }: Asked, errors?: FormErrors): Promise<FastifyReply> {
    const page = factorPageOf(await ownWays(request), app.clock())
    const values = typedOf(body, ['code'])
    return reply.page('identity/second-factor/second-factor', {
      staff: staffOf(request), ...page, isRequired, values, errors
    })
  }

  async function ownWays (request: FastifyRequest): Promise<WaysToShow> {
    const member = await findWaysToShow(app.db, staffOf(request).id)
    if (member === undefined) throw app.httpErrors.notFound()
    return member
  }
}

/** Help for people who have lost their authenticator. */
const takingAwayRoutes: FastifyPluginAsync = async app => {
  requirePermission(app, 'manage staff')

  const isTheirs = { config: { recentSignIn: true } }

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
