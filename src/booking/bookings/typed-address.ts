import type { FastifyReply, FastifyRequest } from 'fastify'
import { sealFor } from '../../platform/seal.ts'
import type { SecretKey, Seal } from '../../platform/seal.ts'
import { isEmailAddress } from './schema.ts'

/** Long enough to follow a redirect on a slow line. */
const seconds = 120

/** Seals the address that someone typed while their browser keeps it. */
export function typedAddressSeal (secretKey: SecretKey): Seal {
  return sealFor('typed address', secretKey)
}

/**
 * Keeps the address that someone typed for the page that says where we wrote to: a redirect carries nothing else along,
 * and a query string would stay in the history of a shared computer. Good for the page at `path`, and once; sealed,
 * because cookies lie on disks too.
 */
export function keepTypedAddress (reply: FastifyReply, seal: Seal, path: string, email: string): FastifyReply {
  const { name, ...attributes } = cookieOf(reply, path)
  return reply.setCookie(name, seal.close(email, path), { ...attributes, maxAge: seconds })
}

/** Returns the address that was typed a moment ago and makes the browser forget it; undefined if there was none. */
export function takeTypedAddress (
  request: FastifyRequest, reply: FastifyReply, seal: Seal, path: string
): string | undefined {
  const { name, ...attributes } = cookieOf(reply, path)
  const kept = request.cookies[name]
  if (kept === undefined) return undefined
  const email = openedOr(() => seal.open(kept, path))
  if (email === undefined) return undefined
  reply.clearCookie(name, attributes)
  return isEmailAddress(email) ? email : undefined
}

/**
 * Under https a name that only https can set (RFC 6265bis §4.1.3.1). It is for that page alone: Chromium forgets pages
 * whose cookies change, and whoever goes back to the form finds what they typed.
 */
function cookieOf (reply: FastifyReply, path: string) {
  const secure = reply.server.publicUrl.startsWith('https:')
  const name = secure ? '__Secure-typed-address' : 'typed-address'
  return { name, path, secure, httpOnly: true, sameSite: 'strict' } as const
}

function openedOr (open: () => string): string | undefined {
  try {
    return open()
  } catch {
    return undefined
  }
}
