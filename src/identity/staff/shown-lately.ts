import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { isShownLately } from './session-life.ts'
import { wayBackTo } from './way-back.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Only for whoever showed lately who they are; everybody else is asked to, and comes back. */
    shownLately?: boolean
    /** Open to whoever has still to set up the authenticator that they must have. */
    beforeSetUp?: boolean
  }
}

/** Says of all routes of a scope that they are only for whoever showed lately who they are. */
export function allAskAgain (app: FastifyInstance): void {
  app.addHook('onRoute', route => { route.config = { ...route.config, shownLately: true } })
}

/** Says whether who asks showed lately who they are. */
export function hasShownLately ({ signedIn, server }: FastifyRequest): boolean {
  return signedIn !== undefined && isShownLately(signedIn.shownAt, server.clock())
}

/**
 * Sends somebody who has not shown lately who they are to where they do, and from there back to `to`, if that is
 * a page that may ask (identity/staff/way-back.ts). Says whether it did: then there is nothing else to answer.
 */
export async function askAgain (request: FastifyRequest, reply: FastifyReply, to: string): Promise<boolean> {
  if (hasShownLately(request)) return false
  const way = wayBackTo(to)
  await reply.redirect(`/staff/again${way === undefined ? '' : `?${new URLSearchParams({ to: way.href })}`}`, 303)
  return true
}

/** To the first page, or to where they were on their way; the page that asked says so and forgets it. */
export async function onwards (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const way = wayBackTo(request.markOf('back'))
  return reply.redirect(way === undefined ? '/staff' : `/staff/again?${new URLSearchParams({ to: way.href })}`, 303)
}
