import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

/** For booking: a library, a school or a refuge is one address to us and many people. */
export const aRoomful = { max: 30, timeWindow: '10 minutes' }

/** For going into a workshop: everybody at once, some more than once, and a telephone company is one address. */
export const aTownful = { max: 300, timeWindow: '10 minutes' }

/** For whatever sends a letter to an address that somebody typed. */
export const aFewLetters = { max: 5, timeWindow: '15 minutes' }

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * A count of its own, for what else than the network address may not be asked about too often: throws 429
     * where the limit of a key is passed.
     */
    limitOn: (limit: typeof aFewLetters) => (key: string, request: FastifyRequest, reply: FastifyReply) => Promise<void>
  }
}

/**
 * Lets a route say how often one network address may ask, with `config: { rateLimit: aRoomful }`.
 * Counted by each process for itself: the limit slows a flood down and is not a quota.
 */
export const limits = fp<{ on: boolean }>(async (app, { on }) => {
  if (!on) {
    app.decorate('limitOn', () => async () => {})
    return
  }
  const noHeader = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false }
  await app.register(rateLimit, {
    global: false,
    addHeadersOnExceeding: noHeader,
    addHeaders: { ...noHeader, 'retry-after': true },
    errorResponseBuilder: () => app.httpErrors.tooManyRequests()
  })
  app.decorate('limitOn', limit => {
    const keys = new WeakMap<FastifyRequest, string>()
    const count = app.createRateLimit({ ...limit, keyGenerator: request => keys.get(request) ?? '' })
    return async (key, request, reply) => {
      keys.set(request, key)
      const counted = await count(request)
      if (counted.isAllowed || !counted.isExceeded) return
      reply.header('retry-after', counted.ttlInSeconds)
      throw app.httpErrors.tooManyRequests()
    }
  })
}, { name: 'limits', dependencies: ['@fastify/sensible'] })
