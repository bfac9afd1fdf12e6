import type { FastifyRequest } from 'fastify'
import { networkOf } from '../../platform/http/network.ts'
import { deviceOf } from './device.ts'

/** What a browser that signs in brings. */
export interface BrowserDetails {
  /** The token that it was given when it asked for an email. */
  browser?: string | undefined
  /** Its earlier session's cookie: that session ends, so no one stays signed in behind another. */
  earlierCookie?: string | undefined
  /** The browser in a few words; see `deviceOf`. */
  device?: string
  /** Its network, which is no one's in particular; see `networkOf`. */
  network?: string
}

/** Returns what the browser of a request brings. */
export function browserDetailsOf (request: FastifyRequest): BrowserDetails {
  return {
    browser: request.markOf('letter'),
    earlierCookie: request.sessionCookie,
    device: deviceOf(request.headers['user-agent']),
    network: networkOf(request.ip)
  }
}
