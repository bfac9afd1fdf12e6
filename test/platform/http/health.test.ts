import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import t from 'tap'
import { buildApp } from '../../../src/app.ts'
import { connect } from '../../../src/platform/database/connect.ts'
import { partsOf, service } from '../../support/service.ts'
import { world } from '../../support/world.ts'

t.test('a service with its database is live and ready', async t => {
  const { app } = await service(t)

  const live = await app.inject('/health/live')
  const ready = await app.inject('/health/ready')

  t.strictSame([live.statusCode, live.json()], [200, { status: 'live' }])
  t.strictSame([ready.statusCode, ready.json()], [200, { status: 'ready' }])
})

t.test('without its database it is live, says within a second that it is not ready, and nothing else', async t => {
  const its = await world(t)
  const callers = new Set<Socket>()
  const silent = createServer(socket => { callers.add(socket) }).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const nowhere = connect(`postgresql://nobody@127.0.0.1:${(silent.address() as AddressInfo).port}/nothing`)
  const app = await buildApp({ ...partsOf(its), db: nowhere })
  t.teardown(async () => {
    silent.close()
    for (const socket of callers) socket.destroy()
    await app.close()
    await nowhere.$disconnect()
  })
  await app.ready()

  let isGivenUp = false
  const query = nowhere.$queryRaw`SELECT`.catch(() => { isGivenUp = true })
  const ready = await app.inject('/health/ready')

  t.notOk(isGivenUp, 'before a query to it is given up')
  t.strictSame([ready.statusCode, ready.json()], [503, { status: 'not ready' }])
  t.equal((await app.inject('/health/live')).statusCode, 200)
  for (const socket of callers) socket.destroy()
  await query
})
