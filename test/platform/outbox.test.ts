import t from 'tap'
import { openOutbox } from '../../src/platform/outbox.ts'
import { world } from '../support/world.ts'

t.test('a queue that another version left with other limits is brought up to date', async t => {
  const { boss } = await world(t)
  await boss.updateQueue('booking.confirmed', { retryLimit: 1 })

  await openOutbox(boss, [])

  t.equal((await boss.getQueue('booking.confirmed'))?.retryLimit, 100)
})

t.test('queues that are as they should be are read once, and not written', async t => {
  const { boss } = await world(t)
  const queries: string[] = []
  const own = boss.getDb()
  const executeSql = own.executeSql.bind(own)
  own.executeSql = async (sql, values) => {
    queries.push(sql)
    return await executeSql(sql, values)
  }

  await openOutbox(boss, [])

  t.equal(queries.length, 1)
})
