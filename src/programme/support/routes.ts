import type { FastifyPluginAsync } from 'fastify'

/** Destination of "Exit this page": a page that anyone might have open. */
const elsewhere = 'https://www.bbc.co.uk/weather'

/** The contacts, what the service promises, and "Exit this page". */
export const supportRoutes: FastifyPluginAsync = async app => {
  app.get('/help', async (_, reply) => reply.page('programme/support/help'))
  app.get('/cookies', async (_, reply) => reply.page('programme/support/cookies'))

  await app.register(exitRoutes)
}

/** Tells the browser to forget everything that it has stored for us. */
const forgetting = { 'clear-site-data': '"cache", "cookies", "storage"' }

/**
 * "Exit this page". Changes nothing on our side: each browser forgets only for itself.
 *
 * A redirect would be shorter, but WebKit ignores a redirect's instruction to forget, and Chromium obeys it before it
 * has stored the page that is left, with all that was typed, where Back takes it from. So both are told by a page that
 * moves on by itself, and Chromium is told again by the style sheet that this page waits for. History gains no more
 * than by a redirect: a page that moves on at once is replaced.
 */
const exitRoutes: FastifyPluginAsync = async app => {
  app.get('/exit', async (_, reply) => reply
    .headers({ ...forgetting, refresh: `0;url=${elsewhere}` }).page('programme/support/exit', { elsewhere }))

  app.get('/exit/forgotten.css', { config: { quiet: true } }, async (_, reply) => await reply
    .headers({ ...forgetting, 'content-type': 'text/css; charset=utf-8' }).send(''))
}
