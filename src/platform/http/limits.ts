import { createHash } from 'node:crypto'
import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

/**
 * For what everybody does at once, and some more than once. A school, a library, a refuge or a phone company is one
 * address to us and hundreds of people; whoever posts without end is stopped all the same.
 */
export const aTownful = { max: 600, timeWindow: '10 minutes' }

/** For what one person does a few times a day, and an office of them in one morning. */
export const aRoomful = { max: 100, timeWindow: '10 minutes' }

/** For whatever sends a letter to an address that somebody typed, by that address. */
export const aFewLetters = { max: 5, timeWindow: '15 minutes' }

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * A count of its own, for what else than the network address may not be asked about too often: throws 429
     * where the limit of a key is passed. Keys, which may be somebody's address, are kept as a hash.
     */
    limitOn: (limit: typeof aFewLetters) => (key: string, request: FastifyRequest, reply: FastifyReply) => Promise<void>
  }
}

/**
 * Lets a route say how often one network address may ask, with `config: { rateLimit: aRoomful }`; of IPv6 a /64 is
 * one, because a single line has as many addresses as that. Counted by each process for itself: the limit slows a
 * flood down and is not a quota.
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
      keys.set(request, createHash('sha256').update(key).digest('base64url'))
      const counted = await count(request)
      if (counted.isAllowed || !counted.isExceeded) return
      reply.header('retry-after', counted.ttlInSeconds)
      throw app.httpErrors.tooManyRequests()
    }
  })
}, { name: 'limits', dependencies: ['@fastify/sensible'] })
