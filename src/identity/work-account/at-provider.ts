import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Provider, WorkAccount } from './openid.ts'
import { hashOf, newToken } from '../staff/token.ts'

/** Why someone goes to the provider: to sign in, to connect their account, or to prove again who they are. */
export type Purpose = 'sign-in' | 'connect' | 'again'

/**
 * Sends a browser to the provider by a page that forwards by itself, not by a redirect: Chromium applies the
 * `form-action` of the page with the button to each redirect, wherever the provider passes people on to.
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

/** Returns who came back from the provider for a purpose; undefined if that is not certain, which the log explains. */
export async function whoCame (
  provider: Provider, purpose: Purpose, secret: string, request: FastifyRequest
): Promise<WorkAccount | undefined> {
  const search = /\?.*/s.exec(request.url)?.[0] ?? ''
  return await provider.finish(boundTo(purpose, secret, request.sessionCookie), search).catch((error: unknown) => {
    request.log.warn({ err: error }, 'An answer of the OpenID provider was not taken.')
    return undefined
  })
}

/** Binds what is done while signed in to the session: someone who signs in meanwhile does not get another's account. */
function boundTo (purpose: Purpose, secret: string, sessionCookie = ''): string {
  return purpose === 'sign-in' ? secret : hashOf(`${purpose} ${secret} ${sessionCookie}`)
}
