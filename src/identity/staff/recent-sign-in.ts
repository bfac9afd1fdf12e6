import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isRecentSignIn } from './session-life.ts'
import { returnTo } from './return-to.ts'
import type { ReturnTo } from './return-to.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Only for people who lately proved who they are; others are asked to, and come back. */
    recentSignIn?: boolean
    /** Open to people who have still to set up a required authenticator. */
    beforeSetUp?: boolean
  }
}

/** The address at which people prove again who they are, or one of its steps, and from where they go back. */
export function againHref (way: ReturnTo | undefined, step: '' | '/letter' | '/openid' = ''): string {
  return `/staff/again${step}${way === undefined ? '' : `?${new URLSearchParams({ to: way.href })}`}`
}

/** Restricts all routes of a scope to people who lately proved who they are, but those that say they ask themselves. */
export function requireRecentSignIn (app: FastifyInstance): void {
  app.addHook('onRoute', route => { route.config = { recentSignIn: true, ...route.config } })
}

/** True if the person asking lately proved who they are. */
export function hasSignedInRecently ({ signedIn, server }: FastifyRequest): boolean {
  return signedIn !== undefined && isRecentSignIn(signedIn.signedInAt, server.clock())
}

/**
 * Redirects someone who has not lately proved who they are to where they can, and from there back to `to`, if that is a
 * page that may ask (identity/staff/return-to.ts). Returns whether it did: then the request is answered.
 */
export async function askToSignInAgain (request: FastifyRequest, reply: FastifyReply, to: string): Promise<boolean> {
  if (hasSignedInRecently(request)) return false
  await reply.redirect(againHref(returnTo(to)), 303)
  return true
}

/**
 * Redirects to the first page or, if someone was on their way elsewhere, to the page that had asked them: it shows the
 * way on and forgets it.
 */
export async function redirectAfterSignIn (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const way = returnTo(request.markOf('back'))
  return reply.redirect(way === undefined ? '/staff' : againHref(way), 303)
}
