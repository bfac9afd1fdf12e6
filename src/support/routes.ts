import type { FastifyPluginAsync } from 'fastify'

/** Where "Exit this page" leads: something that anybody might have open. */
const elsewhere = 'https://www.bbc.co.uk/weather'

/** Whom to call, what the service promises, and the way out. */
export const supportRoutes: FastifyPluginAsync = async app => {
  app.get('/help', async (_, reply) => reply.page('support/help'))
  app.get('/cookies', async (_, reply) => reply.page('support/cookies'))
  app.get('/accessibility', async (_, reply) => reply.page('support/accessibility'))

  // Changes nothing on our side; tells the browser to forget what it has of us.
  app.get('/exit', async (_, reply) => await reply
    .header('clear-site-data', '"cache", "cookies", "storage"').redirect(elsewhere, 303))
}
