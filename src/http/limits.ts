import rateLimit from '@fastify/rate-limit'
import fp from 'fastify-plugin'

/** For booking: a library, a school or a refuge is one address to us and many people. */
export const aRoomful = { max: 30, timeWindow: '10 minutes' }

/** For going into a workshop: everybody at once, some more than once, and a telephone company is one address. */
export const aTownful = { max: 300, timeWindow: '10 minutes' }

/** For whatever sends a letter to an address that somebody typed. */
export const aFewLetters = { max: 5, timeWindow: '15 minutes' }

/**
 * Lets a route say how often one network address may ask, with `config: { rateLimit: aRoomful }`.
 * Counted by each process for itself: the limit slows a flood down and is not a quota.
 */
export const limits = fp<{ on: boolean }>(async (app, { on }) => {
  if (!on) return
  const noHeader = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false }
  await app.register(rateLimit, {
    global: false,
    addHeadersOnExceeding: noHeader,
    addHeaders: { ...noHeader, 'retry-after': true },
    errorResponseBuilder: () => app.httpErrors.tooManyRequests()
  })
}, { name: 'limits', dependencies: ['@fastify/sensible'] })
