import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Provider, WorkAccount } from './openid.ts'
import { hashOf, newToken } from '../staff/token.ts'

/** Why somebody goes to the provider: to come in, to connect their account, or to show again who they are. */
export type Purpose = 'sign-in' | 'connect' | 'again'

/**
 * Sends a browser to the provider. By a page that leads on by itself, and not by a redirect: to that Chromium
 * applies `form-action` of the page with the button, hop by hop, wherever the provider passes people on to.
 */
export async function sendToProvider (
  provider: Provider, purpose: Purpose, reply: FastifyReply, sessionCookie = ''
): Promise<FastifyReply> {
  const secret = newToken()
  const began = boundTo(purpose, secret, sessionCookie)
  const href = await provider.begin(began, { anew: purpose === 'again' }).then(String, error => {
    reply.log.warn({ err: error }, 'The OpenID provider could not be asked.')
  })
  if (href === undefined) return reply.code(503).header('retry-after', '60').page('identity/work-account/sign-in-failed', { isAway: true })
  return reply.keepMark('openid', `${purpose}.${secret}`).header('referrer-policy', 'no-referrer')
    .page('identity/work-account/sign-in-on-your-way', { href })
}

/** Who came back from the provider for a purpose; undefined where that is not certain, which the log explains. */
export async function whoCame (
  provider: Provider, purpose: Purpose, secret: string, request: FastifyRequest
): Promise<WorkAccount | undefined> {
  const search = /\?.*/s.exec(request.url)?.[0] ?? ''
  return await provider.finish(boundTo(purpose, secret, request.sessionCookie), search).catch((error: unknown) => {
    request.log.warn({ err: error }, 'An answer of the OpenID provider was not taken.')
    return undefined
  })
}

/** Of what is done while signed in, bound to the session: nobody who signs in meanwhile gets another's account. */
function boundTo (purpose: Purpose, secret: string, sessionCookie = ''): string {
  return purpose === 'sign-in' ? secret : hashOf(`${purpose} ${secret} ${sessionCookie}`)
}
