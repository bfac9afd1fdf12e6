import underPressure from '@fastify/under-pressure'
import fp from 'fastify-plugin'
import { Overloaded } from '../errors.ts'

/** How far a process may lag behind on average over how long. */
export interface Lag { maxMs: number, averagedOverMs: number }

/**
 * Turns away what comes while the process lags behind further than that: requests then wait before any part of ours
 * sees them. What machines ask every few seconds is answered all the same: it says whether the process is alive.
 */
export const overload = fp<Lag>(async (app, { maxMs, averagedOverMs }) => {
  await app.register(underPressure, {
    maxEventLoopDelay: maxMs,
    sampleInterval: averagedOverMs,
    pressureHandler: async ({ routeOptions }) => {
      if (routeOptions.config.quiet !== true) throw new Overloaded()
    }
  })
}, { name: 'overload', dependencies: ['security'] })
