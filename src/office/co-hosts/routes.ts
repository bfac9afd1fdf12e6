import type { FastifyPluginAsync } from 'fastify'
import { asking } from '../../platform/http/form.ts'
import { formRateLimit } from '../../platform/http/limits.ts'
import type { SignedIds } from '../../platform/signed-id.ts'
import { keepFromSearchEngines } from '../../platform/http/unlisted.ts'
import { acceptCoHostInvitation } from './commands.ts'
import { toldOf } from './effects.ts'
import { CoHostInvitationEnded } from './errors.ts'
import { isOpen } from './invitation.ts'
import { findCoHostInvitation } from './queries.ts'

interface Token { Params: { token: string } }

/**
 * Accepting an invitation to co-host, by the link that only its address received. A button accepts it, because mail
 * programs and scanners open links. It signs no one in: who has the link and not the mailbox gains nothing by it.
 */
export const coHostRoutes: FastifyPluginAsync<{ coHostLinks: SignedIds }> = async (app, { coHostLinks }) => {
  app.addHook('onRequest', keepFromSearchEngines)

  app.get('/co-hosting/accepted', async (_, reply) => reply.page('office/co-hosts/accepted'))

  app.get('/co-hosting/:token', asking<Token>(async ({ params: { token }, reply }) => {
    const invitation = await findCoHostInvitation(app.db, idIn(token))
    const now = app.clock()
    if (invitation === undefined || !isOpen(invitation, invitation.activity, now)) throw new CoHostInvitationEnded()
    return reply.page('office/co-hosts/invitation', { ...toldOf(invitation, now), href: `/co-hosting/${token}` })
  }))

  app.post('/co-hosting/:token', { config: { rateLimit: formRateLimit } }, asking<Token>(
    async ({ params: { token }, reply }) => {
      await acceptCoHostInvitation(app.db, idIn(token), app.clock())
      return await reply.redirect('/co-hosting/accepted', 303)
    }))

  function idIn (token: string): string {
    const id = coHostLinks.read(token)?.id
    if (id === undefined) throw new CoHostInvitationEnded()
    return id
  }
}
