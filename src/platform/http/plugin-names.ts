import type { FastifyInstance } from 'fastify'

const displayName = Symbol.for('fastify.display-name')

/**
 * Names each plugin that is registered from now on after its function. Where a plugin has no such name Fastify looks
 * for it among all modules that were loaded, twice: an eighth of what it takes to build the service.
 */
export function namePlugins (app: FastifyInstance): void {
  const { register } = app
  app.register = function (
    this: FastifyInstance, plugin: Function & { [displayName]?: string }, ...options: unknown[]
  ) {
    plugin[displayName] ??= plugin.name === '' ? 'routes' : plugin.name
    return Reflect.apply(register, this, [plugin, ...options])
  } as typeof register
}
