import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'

export interface Route {
  method: string
  /** With its parameters, as `/staff/activities/:slug`. */
  url: string
  permission: string | undefined
  /** Whether it reads bodies of a type. */
  isTaken: (type: string) => boolean
}

/**
 * Builds an app and returns all its routes, as registered with Fastify: so a new page is in the list automatically.
 * Routes that only list an address's methods are left out.
 */
export async function withItsRoutes (
  build: () => Promise<FastifyInstance>
): Promise<{ app: FastifyInstance, routes: Route[] }> {
  const made: Array<{ route: RouteOptions, scope: FastifyInstance }> = []
  const listen = (message: unknown) => {
    (message as { fastify: FastifyInstance }).fastify.addHook('onRoute', function (route) { made.push({ route, scope: this }) })
  }
  subscribe('fastify.initialization', listen)
  const app = await build().finally(() => { unsubscribe('fastify.initialization', listen) })
  await app.ready()
  // A route's task is set by hooks of inner scopes, which run after this one.
  const routes = made.flatMap(({ route: { method, url, config }, scope }) => typeof method === 'string'
    ? [{ method, url, permission: config?.permission, isTaken: (type: string) => scope.hasContentTypeParser(type) }]
    : [])
  return { app, routes }
}

/** The routes of the organisers' side, with those for signing in. */
export function staffRoutes (routes: readonly Route[]): Route[] {
  return routes.filter(({ url }) => url === '/staff' || url.startsWith('/staff/'))
}
