import type { FastifyPluginAsync, HTTPMethods } from 'fastify'
import fp from 'fastify-plugin'

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route of the service with its methods. */
    methodsByRoute: Map<string, Set<string>>
  }
}

/** Records which methods each address answers to. Registered before all routes. */
export const notedMethods = fp(async app => {
  const methodsByRoute = new Map<string, Set<string>>()
  app.decorate('methodsByRoute', methodsByRoute)

  app.addHook('onRoute', ({ url, method }) => {
    const methods = methodsByRoute.get(url) ?? new Set()
    for (const name of [method].flat()) methods.add(name)
    methodsByRoute.set(url, methods)
  })
}, { name: 'noted-methods' })

/** Answers 405 if an address exists, but not with this method. Registered after all routes. */
export const otherMethods: FastifyPluginAsync = async app => {
  for (const [url, allowed] of [...app.methodsByRoute]) {
    const allow = [...allowed].sort().join(', ')
    const method = app.supportedMethods.filter(name => !allowed.has(name)) as HTTPMethods[]
    if (method.length === 0) continue
    app.route({
      url,
      method,
      // Before the body is read: the answer does not depend on it.
      onRequest: async (_, reply) => {
        reply.header('allow', allow)
        throw app.httpErrors.methodNotAllowed()
      },
      handler: () => {}
    })
  }
}
