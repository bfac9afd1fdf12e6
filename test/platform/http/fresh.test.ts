import Fastify from 'fastify'
import t from 'tap'
import { fresh } from '../../../src/platform/http/fresh.ts'

/** Counts its calls. */
function counter () {
  let n = 0
  return async () => ++n
}

t.test('many who ask at once wait for one load', async t => {
  const app = Fastify()
  await app.register(fresh, { milliseconds: 60_000 })
  const load = counter()

  const values = await Promise.all(Array.from({ length: 100 }, async () => await app.fresh('a', load)))

  t.strictSame(new Set(values), new Set([1]))
})

t.test('a value whose load began too long ago is loaded again', async t => {
  const app = Fastify()
  await app.register(fresh, { milliseconds: 0 })
  const load = counter()

  t.strictSame([await app.fresh('a', load), await app.fresh('a', load)], [1, 2])
})

t.test('the values of different keys are kept apart', async t => {
  const app = Fastify()
  await app.register(fresh, { milliseconds: 60_000 })

  t.strictSame([await app.fresh('a', async () => 1), await app.fresh('b', async () => 2), await app.fresh('a', async () => 3)], [1, 2, 1])
})

t.test('a load that failed is forgotten', async t => {
  const app = Fastify()
  await app.register(fresh, { milliseconds: 60_000 })

  await t.rejects(app.fresh('a', async () => { throw new Error('not now') }), { message: 'not now' })
  t.equal(await app.fresh('a', async () => 2), 2)
})

t.test('however many different things are asked for, only so many are kept', async t => {
  const app = Fastify()
  await app.register(fresh, { milliseconds: 60_000 })
  const load = counter()

  await app.fresh('first', load)
  for (let n = 0; n < 500; n++) await app.fresh(`key ${n}`, async () => n)

  t.equal(await app.fresh('key 499', load), 499)
  t.equal(await app.fresh('first', load), 2)
})
