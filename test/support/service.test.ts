import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import type { AppParts } from '../../src/app/app-parts.ts'
import { eventually } from './running-service.ts'
import { countedService, service } from './service.ts'
import { noon } from './world.ts'
import type { World } from './world.ts'

type Service = World & { app: FastifyInstance }

/** What a test does with the service; returns it. */
async function use (
  t: Test, act: (its: Service) => Promise<unknown> = async () => {}, given: Partial<AppParts> = {}
): Promise<FastifyInstance> {
  let used: FastifyInstance | undefined
  await t.test(async t => {
    const its = await service(t, given)
    used = its.app
    await act(its)
  })
  if (used === undefined) throw new Error('There was no service.')
  return used
}

t.test('the next test has the service of the last, at its own time', async t => {
  const later = noon.plus({ days: 1 })
  const first = await use(t, async ({ app }) => { t.equal(app.clock().toISO(), later.toISO()) }, { clock: () => later })
  const second = await use(t, async ({ app }) => { t.equal(app.clock().toISO(), noon.toISO()) })

  t.ok(second === first)
})

for (const [how, act] of Object.entries<(its: Service) => Promise<unknown>>({
  'closes it': async ({ app }) => { await app.close() },
  'opens a port': async ({ app }) => await app.listen({ host: '127.0.0.1', port: 0 }),
  'shows other helplines': async ({ app, db }) => {
    const name = 'Helpline of one test'
    await db.supportContact.create({
      data: { name, purpose: 'to talk', number: '0800 1111', lastCheckedOn: noon.toJSDate(), owner: 'Cumberland Council' }
    })
    await eventually(() => app.helplines().some(contact => contact.name === name))
  }
})) {
  t.test(`a test that ${how} keeps its service to itself`, async t => {
    const first = await use(t, act)
    const second = await use(t)

    t.notOk(second === first, 'the next has another')
    t.notOk(second.server.listening)
    t.equal((await second.inject('/')).statusCode, 200)
  })
}

t.test('a test that closes a part of the service that later tests have fails at once', async t => {
  const first = await use(t, async ({ app }) => {
    t.throws(() => { app.pdf.close() }, /Later tests have this service too/)
  })
  t.ok(await use(t) === first)
})

t.test('a service with something special is its test’s alone', async t => {
  const first = await use(t, undefined, { rateLimits: true })
  const second = await use(t, undefined, { rateLimits: true })

  t.notOk(second === first)
})

t.test('the next test that counts queries has the service of the last, and counts from 0', async t => {
  const used: FastifyInstance[] = []
  for (const n of [1, 2]) {
    await t.test(`${n} of 2`, async t => {
      const { app, counted } = await countedService(t)
      used.push(app)
      t.equal(counted.queries, 0)
      t.equal((await app.inject('/')).statusCode, 200)
      t.ok(counted.queries > 0)
    })
  }
  t.ok(used[0] === used[1])
  t.notOk(used[0] === await use(t), 'which is not that of tests that do not count')
})
