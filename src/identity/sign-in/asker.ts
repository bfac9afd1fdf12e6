import type { FastifyRequest } from 'fastify'
import { senderOf } from '../../platform/http/network.ts'
import type { SignedIds } from '../../platform/signed-id.ts'
import { newToken } from '../staff/token.ts'
import type { Asker } from './commands.ts'

/**
 * Who asks for a letter in the browser of a request: a new mark for it each time, or whoever planted one would wait
 * with it. What it was given when somebody signed in with it says whose own it is, and opens nothing.
 */
export function askerOf (request: FastifyRequest, knownBrowsers: SignedIds): Asker {
  return {
    browser: newToken(),
    knownAs: knownBrowsers.read(request.markOf('known') ?? '')?.id,
    sender: senderOf(request.ip)
  }
}
