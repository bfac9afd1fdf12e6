import type { FastifyRequest } from 'fastify'
import { networkOf } from '../../platform/http/network.ts'
import { deviceOf } from './device.ts'

/** What a browser comes with that signs in. */
export interface Arrival {
  /** What it was given when it asked for a letter. */
  browser?: string | undefined
  /** What it had as its session: that ends, so nobody stays signed in behind another. */
  earlierCookie?: string | undefined
  /** In a few words; see `deviceOf`. */
  device?: string
  /** Where it is, and not whose; see `networkOf`. */
  network?: string
}

/** What the browser of a request comes with. */
export function arrivalOf (request: FastifyRequest): Arrival {
  return {
    browser: request.markOf('letter'),
    earlierCookie: request.sessionCookie,
    device: deviceOf(request.headers['user-agent']),
    network: networkOf(request.ip)
  }
}
