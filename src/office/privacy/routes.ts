import type { FastifyPluginAsync } from 'fastify'
import { listPublicCampaigns } from '../../programme/activities/public-activities.ts'
import { privacyPageOf } from './page.ts'

/** The public page about what we do with people's data. */
export const privacyRoutes: FastifyPluginAsync = async app => {
  app.get('/privacy', async (_, reply) => reply.html(await app.fresh('page /privacy', async () =>
    app.render('office/privacy/privacy', privacyPageOf(await listPublicCampaigns(app.db, app.clock()))))))
}
