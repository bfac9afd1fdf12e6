import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** Lets long work go on: at once, or a little later while others than such work wait for an answer. */
    giveWay: (request: FastifyRequest) => Promise<void>
  }
}

/**
 * About ten times what a piece of long work takes: beside a rush all long work together has a tenth of the service's
 * time, so each pauses the longer the more there are.
 */
export const pauseMs = 8

/**
 * Knows which requests wait for an answer, so that those that take long and are in no hurry give way to the others. One
 * that has given way once counts as such from then on.
 */
export const inHand = fp(async app => {
  const waiting = new Set<FastifyRequest>()
  const givingWay = new Set<FastifyRequest>()
  const ended = async (request: FastifyRequest) => {
    waiting.delete(request)
    givingWay.delete(request)
  }

  app.addHook('onRequest', async request => { waiting.add(request) })
  app.addHook('onResponse', ended)
  app.addHook('onRequestAbort', ended)

  app.decorate('giveWay', async request => {
    // One whose reader has gone does not come back.
    if (!waiting.delete(request) && !givingWay.has(request)) return
    givingWay.add(request)
    if (waiting.size > 0) await sleep(pauseMs * givingWay.size)
  })
}, { name: 'in-hand' })
