import rateLimit from '@fastify/rate-limit'
import type { FastifyRateLimitStoreCtor } from '@fastify/rate-limit'
import type { FastifyReply, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { requestCounts } from './request-counts.ts'
import type { Count, Limit, RequestCounts } from './request-counts.ts'

const minute = 60_000

/**
 * For what everyone does at once, and some more than once. A school, a library, a refuge or a phone company is one
 * address to us and hundreds of people; someone who posts without end is stopped all the same.
 */
export const crowdRateLimit = { max: 600, timeWindow: 10 * minute }

/** For what one person does a few times a day, and an office of people in one morning. */
export const formRateLimit = { max: 100, timeWindow: 10 * minute }

/** For everything that sends an email to a typed address, counted by that address. */
export const emailRateLimit = { max: 5, timeWindow: 15 * minute }

/** Emails to one mailbox in a day, of all public forms together: enough to book for a youth club. */
export const mailboxDayLimit = { max: 100, timeWindow: 24 * 60 * minute }

interface Options { on: boolean, mark: (text: string) => string, answerMs?: number | undefined }

type Limiting = (key: string, reply: FastifyReply) => Promise<void>

declare module 'fastify' {
  interface FastifyInstance {
    /**
     * A count of its own by something other than the network address: throws 429 if a key is over its limit. `name` is
     * the same in all processes. Keys, which may be people's addresses, are kept as a keyed hash.
     */
    limitOn: (name: string, limit: Limit) => Limiting
    /** The same for a form that emails a mailbox that someone typed: it also counts towards that mailbox's day. */
    limitEmailsTo: (name: string, limit: Limit) => Limiting
    /** The same for an address that is only read, in the memory of this process. */
    limitReading: (name: string, limit: Limit) => Limiting
    /** For what is answered all the same beyond its limit: says whether this one is still within it. */
    withinLimit: (name: string, limit: Limit) => (key: string) => Promise<boolean>
  }
}

/**
 * Lets a route limit how often one network address may ask, with `config: { rateLimit: formRateLimit }`; an IPv6 /64
 * counts as one, because a single line has that many addresses. All processes count together, and go on after a
 * restart; what is only read is counted by each for itself.
 */
export const limits = fp<Options>(async (app, { on, mark, answerMs }) => {
  if (!on) {
    for (const name of ['limitOn', 'limitEmailsTo', 'limitReading'] as const) app.decorate(name, () => async () => {})
    app.decorate('withinLimit', () => async () => true)
    return
  }
  const counts = requestCounts({ db: app.db, clock: app.clock, mark, answerMs })
  const noHeader = { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false }
  await app.register(rateLimit, {
    global: false,
    store: storeOf(counts),
    addHeadersOnExceeding: noHeader,
    addHeaders: { ...noHeader, 'retry-after': true },
    errorResponseBuilder: () => app.httpErrors.tooManyRequests()
  })
  app.decorate('limitOn', (name, limit) => async (key, reply) => {
    assertWithin(limit, await counts.count(name, key, limit), reply)
  })
  app.decorate('limitEmailsTo', (name, limit) => async (mailbox, reply) => {
    const [ofForm, ofDay] = await Promise.all([
      counts.count(name, mailbox, limit), counts.count('emails to a mailbox', mailbox, mailboxDayLimit)
    ])
    assertWithin(limit, ofForm, reply)
    assertWithin(mailboxDayLimit, ofDay, reply)
  })
  app.decorate('limitReading', (name, limit) => async (key, reply) => {
    assertWithin(limit, counts.countHere(name, key, limit), reply)
  })
  app.decorate('withinLimit', (name, limit) => async key => (await counts.count(name, key, limit)).current <= limit.max)

  function assertWithin ({ max }: Limit, { current, ttl }: Count, reply: FastifyReply): void {
    if (current <= max) return
    reply.header('retry-after', Math.ceil(ttl / 1000))
    throw app.httpErrors.tooManyRequests()
  }
}, { name: 'limits', dependencies: ['@fastify/sensible', 'service'] })

/** Where @fastify/rate-limit counts for a route: that which changes nothing, in this process. */
function storeOf ({ count, countHere }: RequestCounts): FastifyRateLimitStoreCtor {
  const ofRoute = ({ method, url }: RouteOptions) => {
    const counting = [method].flat().includes('POST') ? count : countHere
    return {
      incr (key: string, answer: (error: Error | null, found?: Count) => void, timeWindow: number, max: number) {
        Promise.resolve(counting(`${String(method)} ${url}`, key, { max, timeWindow }))
          .then(found => { answer(null, found) }, answer)
      }
    }
  }
  return class {
    incr (): void { throw new Error('Only routes with a limit of their own are counted.') }
    child ({ routeInfo }: { routeInfo: RouteOptions }) { return ofRoute(routeInfo) }
  } as unknown as FastifyRateLimitStoreCtor
}
