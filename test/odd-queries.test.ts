import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import t from 'tap'
import { buildApp } from '../src/app.ts'
import { addressOf, everything } from './support/everything.ts'
import type { Everything } from './support/everything.ts'
import { staffRoutes, withItsRoutes } from './support/routes.ts'
import { linksToEntries, partsOf } from './support/service.ts'
import { signedIn } from './support/staff.ts'
import { world } from './support/world.ts'

/** A NUL, which the database cannot hold, what every object has, and days that nothing can hold. */
const odd = ['%00', 'a%00b', 'constructor', '__proto__', '0000-01-01', '2026-02-30', '9999-12-31', '%F0%28', '-1', '9'.repeat(30)]

t.test('whatever an address asks for behind its question mark, no page fails', async t => {
  const its = await world(t)
  const all = await everything(its.db)
  const asked = new Set<string>()
  const listen = (message: unknown) => {
    (message as { fastify: FastifyInstance }).fastify.addHook('preHandler', async request => { noteWhatIsRead(request, asked) })
  }
  subscribe('fastify.initialization', listen)
  const { app, routes } = await withItsRoutes(async () => await buildApp(partsOf(its)))
    .finally(() => { unsubscribe('fastify.initialization', listen) })
  t.teardown(async () => { await app.close() })
  const { headers } = await signedIn(app, its.db, { role: 'admin' })
  const ofStaff = new Set(staffRoutes(routes))
  const failed: string[] = []
  let tried = 0
  for (const route of routes.filter(({ method, url }) => method === 'GET' && !url.includes('*'))) {
    const isOfStaff = ofStaff.has(route)
    const address = isOfStaff ? addressOf(route.url, all) : publicAddressOf(route.url, all)
    const given = isOfStaff ? { headers } : {}
    asked.clear()
    await app.inject({ url: address, ...given })
    for (const name of [...asked]) {
      for (const value of odd) {
        tried++
        const { statusCode } = await app.inject({ url: `${address}?${encodeURIComponent(name)}=${value}`, ...given })
        if (statusCode >= 500) failed.push(`${route.url}?${name}=${value}`)
      }
    }
  }
  t.strictSame(failed, [])
  t.ok(tried > 500, `${tried} were tried`)
  t.comment(`${tried} were tried`)
})

/** Collects the names that a route reads of what its address asks for. */
function noteWhatIsRead (request: FastifyRequest, asked: Set<string>): void {
  request.query = new Proxy(request.query as object, {
    get (query, name, receiver) {
      if (typeof name === 'string') asked.add(name)
      return Reflect.get(query, name, receiver) as unknown
    }
  })
}

/** An address of the public side, with one of our links where it takes one. */
function publicAddressOf (url: string, { activity, entryCampaign, entry }: Everything): string {
  const slug = url.startsWith('/campaigns/') ? entryCampaign : activity.slug
  const token = linksToEntries.own.tokenOf({ id: entry, version: 0 })
  return url.replace(':slug', slug).replaceAll(/:\w+/g, token)
}
