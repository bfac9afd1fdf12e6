import type { FastifyRequest } from 'fastify'
import { senderOf } from '../../platform/http/network.ts'
import type { SignedIds } from '../../platform/signed-id.ts'
import { newToken } from '../staff/token.ts'
import type { Requester } from './commands.ts'

/**
 * Returns who asks for an email in the browser of a request. The browser gets a new mark each time: otherwise someone
 * who planted one could wait with it. The mark from an earlier sign-in tells whose own browser it is, and opens
 * nothing.
 */
export function requesterOf (request: FastifyRequest, knownBrowsers: SignedIds): Requester {
  return {
    browser: newToken(),
    knownAs: knownBrowsers.read(request.markOf('known') ?? '')?.id,
    sender: senderOf(request.ip)
  }
}
