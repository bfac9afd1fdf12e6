import { createHash } from 'node:crypto'
import rateLimit from '@fastify/rate-limit'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

/**
 * For what everyone does at once, and some more than once. A school, a library, a refuge or a phone company is one
 * address to us and hundreds of people; someone who posts without end is stopped all the same.
 */
export const crowdRateLimit = { max: 600, timeWindow: '10 minutes' }

/** For what one person does a few times a day, and an office of people in one morning. */
export const formRateLimit = { max: 100, timeWindow: '10 minutes' }

/** For everything that sends an email to a typed address, counted by that address. */
export const emailRateLimit = { max: 5, timeWindow: '15 minutes' }

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * A separate count, for limits by something other than the network address: throws 429 if a key is over its limit.
     * Keys, which may be people's addresses, are kept as a hash.
     */
    limitOn: (limit: typeof emailRateLimit) =>
    (key: string, request: FastifyRequest, reply: FastifyReply) => Promise<void>
    /** The same, for what is answered all the same beyond its limit: says whether this one is still within it. */
    withinLimit: (limit: typeof emailRateLimit) => (key: string, request: FastifyRequest) => Promise<boolean>
  }
}

/**
 * Lets a route limit how often one network address may ask, with `config: { rateLimit: formRateLimit }`; an IPv6 /64
 * counts as one, because a single line has that many addresses. Each process counts for itself: the limit slows a flood
 * down and is not a quota.
 */
export const limits = fp<{ on: boolean }>(async (app, { on }) => {
  if (!on) {
    app.decorate('limitOn', () => async () => {})
    app.decorate('withinLimit', () => async () => true)
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
    const count = counting(limit)
    return async (key, request, reply) => {
      const counted = await count(key, request)
      if (counted.isAllowed || !counted.isExceeded) return
      reply.header('retry-after', counted.ttlInSeconds)
      throw app.httpErrors.tooManyRequests()
    }
  })
  app.decorate('withinLimit', limit => {
    const count = counting(limit)
    return async (key, request) => {
      const counted = await count(key, request)
      return counted.isAllowed || !counted.isExceeded
    }
  })

  function counting (limit: typeof emailRateLimit) {
    const keys = new WeakMap<FastifyRequest, string>()
    const count = app.createRateLimit({ ...limit, keyGenerator: request => keys.get(request) ?? '' })
    return async (key: string, request: FastifyRequest) => {
      keys.set(request, createHash('sha256').update(key).digest('base64url'))
      return await count(request)
    }
  }
}, { name: 'limits', dependencies: ['@fastify/sensible'] })
