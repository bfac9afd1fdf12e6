import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** Lets long work go on: at once, or a little later while others than such work wait for an answer. */
    giveWay: (request: FastifyRequest) => Promise<void>
  }
}

/** About ten times what a piece of long work takes: beside a rush it has a tenth of the service's time. */
const pauseMs = 30

/**
 * Knows which requests wait for an answer, so that those that take long and are in no hurry give way to the others. One
 * that has given way once counts as such from then on.
 */
export const inHand = fp(async app => {
  const waiting = new Set<FastifyRequest>()

  app.addHook('onRequest', async request => { waiting.add(request) })
  app.addHook('onResponse', async request => { waiting.delete(request) })
  app.addHook('onRequestAbort', async request => { waiting.delete(request) })

  app.decorate('giveWay', async request => {
    waiting.delete(request)
    if (waiting.size > 0) await sleep(pauseMs)
  })
}, { name: 'in-hand' })
