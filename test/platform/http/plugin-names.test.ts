import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import Fastify from 'fastify'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import t from 'tap'
import { buildApp } from '../../../src/app.ts'
import { namePlugins } from '../../../src/platform/http/plugin-names.ts'
import { partsOf } from '../../support/service.ts'
import { world } from '../../support/world.ts'

t.test('a plugin has the name of its function, inside another too', async t => {
  const names: string[] = []
  const inner: FastifyPluginAsync = async app => { names.push(app.pluginName) }
  const outer: FastifyPluginAsync = async app => {
    names.push(app.pluginName)
    await app.register(inner)
    await app.register(async app => { names.push(app.pluginName) })
  }
  const app = Fastify()
  t.teardown(async () => { await app.close() })
  namePlugins(app)

  await app.register(outer)

  t.strictSame(names, ['outer', 'inner', 'routes'])
  t.equal(Reflect.get(inner, Symbol.for('fastify.display-name')), 'inner', 'where Fastify reads it first')
})

t.test('every part of the service is named: without a name a part would be called by its source', async t => {
  const names: string[] = []
  const listen = (message: unknown) => {
    const { fastify } = message as { fastify: FastifyInstance }
    fastify.addHook('onRegister', async instance => { names.push(instance.pluginName) })
  }
  const its = await world(t)
  subscribe('fastify.initialization', listen)
  const app = await buildApp(partsOf(its)).finally(() => { unsubscribe('fastify.initialization', listen) })
  t.teardown(async () => { await app.close() })
  await app.ready()

  t.ok(names.length > 50, `${names.length} parts`)
  t.strictSame(names.filter(name => !/^\w+$/.test(name)), [])
})
