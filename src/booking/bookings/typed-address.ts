import type { FastifyReply, FastifyRequest } from 'fastify'
import { isEmailAddress } from './schema.ts'

/** Long enough to follow a redirect on a slow line. */
const seconds = 120

const name = 'typed-address'

/**
 * Keeps the address that someone typed for the page that says where we wrote to: a redirect carries nothing else along,
 * and a query string would stay in the history of a shared computer. Good for that page, and once.
 */
export function keepTypedAddress (reply: FastifyReply, path: string, email: string): FastifyReply {
  return reply.setCookie(name, email, { ...attributesOf(reply, path), maxAge: seconds })
}

/** Returns the address that was typed a moment ago and makes the browser forget it; undefined if there was none. */
export function takeTypedAddress (request: FastifyRequest, reply: FastifyReply, path: string): string | undefined {
  const kept = request.cookies[name]
  if (kept === undefined) return undefined
  reply.clearCookie(name, attributesOf(reply, path))
  return isEmailAddress(kept) ? kept : undefined
}

function attributesOf (reply: FastifyReply, path: string) {
  const secure = reply.server.publicUrl.startsWith('https:')
  return { path, secure, httpOnly: true, sameSite: 'strict' } as const
}
