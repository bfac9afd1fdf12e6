import type { FastifyPluginAsync } from 'fastify'

/** Where "Exit this page" leads: something that anybody might have open. */
const elsewhere = 'https://www.bbc.co.uk/weather'

/** Whom to call, what the service promises, and the way out. */
export const supportRoutes: FastifyPluginAsync = async app => {
  app.get('/help', async (_, reply) => reply.page('programme/support/help'))
  app.get('/cookies', async (_, reply) => reply.page('programme/support/cookies'))
  app.get('/accessibility', async (_, reply) => reply.page('programme/support/accessibility'))

  await app.register(exitRoutes)
}

/** Tells the browser to forget what it has of us. */
const forgetting = { 'clear-site-data': '"cache", "cookies", "storage"' }

/**
 * The way out. Changes nothing on our side: each browser forgets only for itself.
 *
 * A redirect would be shorter, but WebKit ignores what one says of forgetting, and Chromium obeys before it has put
 * the page that is left, with all that was typed, where Back takes it from. So both are told by a page that goes on by
 * itself, and Chromium is told again by the style sheet that this page waits for. History gains no more than by a
 * redirect: a page that goes on at once is replaced.
 */
const exitRoutes: FastifyPluginAsync = async app => {
  app.get('/exit', async (_, reply) => reply
    .headers({ ...forgetting, refresh: `0;url=${elsewhere}` }).page('programme/support/exit', { elsewhere }))

  app.get('/exit/forgotten.css', { config: { quiet: true } }, async (_, reply) => await reply
    .headers({ ...forgetting, 'content-type': 'text/css; charset=utf-8' }).send(''))
}
