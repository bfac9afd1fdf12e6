import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'

export interface Route {
  method: string
  /** With its parameters, as `/staff/activities/:slug`. */
  url: string
  task: string | undefined
}

/**
 * Builds an app and gives every route that it has, as Fastify itself makes them: a page that somebody adds is
 * in the list without anybody putting it there. Those that only say which methods an address has are left out.
 */
export async function withItsRoutes (
  build: () => Promise<FastifyInstance>
): Promise<{ app: FastifyInstance, routes: Route[] }> {
  const made: RouteOptions[] = []
  const listen = (message: unknown) => {
    (message as { fastify: FastifyInstance }).fastify.addHook('onRoute', route => { made.push(route) })
  }
  subscribe('fastify.initialization', listen)
  const app = await build().finally(() => { unsubscribe('fastify.initialization', listen) })
  await app.ready()
  // What a route does is written into it by hooks of the scopes within, which run after this one.
  const routes = made.flatMap(({ method, url, config }) =>
    typeof method === 'string' ? [{ method, url, task: config?.task }] : [])
  return { app, routes }
}

/** The routes of the organisers' side, with those that lead to it. */
export function staffRoutes (routes: readonly Route[]): Route[] {
  return routes.filter(({ url }) => url === '/staff' || url.startsWith('/staff/'))
}
