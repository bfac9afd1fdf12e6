import t from 'tap'
import { openDesk } from '../../../src/booking/bookings/desk.ts'
import type { PlaceRequest } from '../../../src/booking/bookings/booking.ts'
import { requestPlaces } from '../../../src/booking/bookings/request-places.ts'
import { FullyBooked } from '../../../src/booking/bookings/errors.ts'
import { Overloaded } from '../../../src/platform/errors.ts'
import { DatabaseAway } from '../../../src/platform/database/errors.ts'
import { Prisma } from '../../../src/platform/database/generated/client.ts'
import { anActivity, aRequest, noon, world } from '../../support/world.ts'

t.test('requests that wait while one is decided are decided together, in arrival order', async t => {
  const batches: string[][] = []
  const desk = openDesk(async (_, requests) => {
    batches.push(requests.map(({ email = '' }) => email))
    return requests.map(() => 'received')
  })

  await Promise.all(['a', 'b', 'c', 'd'].map(async email => { await desk.request('activity', aRequest(email)) }))

  t.strictSame(batches, [['a'], ['b', 'c', 'd']])
})

t.test('the next are decided while those before them are still being answered', async t => {
  const course: string[] = []
  const desk = openDesk(async (_, requests) => {
    course.push(...requests.map(({ email }) => `decide ${email}`))
    return requests.map(() => 'received')
  })
  const ask = async (email: string) => {
    await desk.request('activity', aRequest(email))
    course.push(`answer ${email}`)
  }

  const first = ask('first')
  const together = Array.from({ length: 20 }, async (_, n) => {
    await ask(String(n))
    if (n === 0) await ask('next')
  })
  await Promise.all([first, ...together])

  t.ok(course.indexOf('decide next') < course.indexOf('answer 19'))
  t.equal(new Set(course).size, 44)
})

t.test('two activities do not wait for each other', async t => {
  const { promise: never } = Promise.withResolvers<never>()
  const desk = openDesk(async (activityId, requests) =>
    activityId === 'stuck' ? await never : requests.map(() => 'received'), { waitMs: 500 })
  void desk.request('stuck', aRequest('a')).catch(() => {})

  await t.resolves(desk.request('other', aRequest('b')))
})

t.test('each request gets its own answer', async t => {
  const desk = openDesk(async (_, requests) =>
    requests.map(({ email }) => email === 'late' ? new FullyBooked() : 'received'))

  const ends = await Promise.allSettled(['a', 'late', 'b'].map(async email => {
    await desk.request('activity', aRequest(email))
  }))

  t.strictSame(ends.map(({ status }) => status), ['fulfilled', 'rejected', 'fulfilled'])
})

t.test('a row that the database refuses does not take its neighbours with it', async t => {
  const { db, outbox } = await world(t)
  const { id } = await anActivity(db)
  const desk = openDesk(async (activityId, requests) => await requestPlaces(db, outbox, activityId, requests, noon))
  const impossible: Partial<PlaceRequest> = { name: 'a name that PostgreSQL cannot hold: \0' }

  const ends = await Promise.allSettled(Array.from({ length: 9 }, async (_, n) => {
    await desk.request(id, aRequest(`attendee-${n}@example.org`, n === 5 ? impossible : {}))
  }))

  t.strictSame(ends.map(({ status }) => status === 'fulfilled'), [0, 1, 2, 3, 4, 5, 6, 7, 8].map(n => n !== 5))
  t.equal(await db.booking.count(), 8)
})

t.test('a database that does not answer fails every request once, and the desk serves the next', async t => {
  let calls = 0
  const desk = openDesk(async (_, requests) => {
    calls++
    if (calls === 2) throw new Error('connection lost')
    return requests.map(() => 'received')
  })

  const ends = await Promise.allSettled(['a', 'b', 'c'].map(async email => {
    await desk.request('activity', aRequest(email))
  }))

  t.strictSame(ends.map(({ status }) => status), ['fulfilled', 'rejected', 'rejected'])
  t.equal(calls, 2)
  await t.resolves(desk.request('activity', aRequest('d')))
})

t.test('someone not answered in time is told so, and a transaction that never ends blocks no desk', async t => {
  const { promise: never } = Promise.withResolvers<never>()
  const batches: string[][] = []
  const desk = openDesk(async (_, requests) => {
    batches.push(requests.map(({ email = '' }) => email))
    return batches.length === 1 ? await never : requests.map(() => 'received')
  }, { waitMs: 200 })

  const stuck = desk.request('activity', aRequest('stuck'))
  const behind = desk.request('activity', aRequest('behind'))

  await t.rejects(stuck, new DatabaseAway('A booking was not decided in time.'))
  await t.resolves(behind)
  t.strictSame(batches, [['stuck'], ['behind']])
  await t.resolves(desk.idle())
})

t.test('a database that is away is asked once for all of a batch', async t => {
  let calls = 0
  const away = new Prisma.PrismaClientKnownRequestError('away', {
    code: 'P2010', clientVersion: '', meta: { driverAdapterError: { cause: { kind: 'postgres', originalCode: '57P01' } } }
  })
  const desk = openDesk(async () => {
    calls++
    throw away
  })

  const ends = await Promise.allSettled(['a', 'b', 'c', 'd'].map(async email => {
    await desk.request('activity', aRequest(email))
  }))

  t.strictSame(ends.map(end => end.status === 'rejected' && end.reason === away), [true, true, true, true])
  t.equal(calls, 2, 'the first, and those who stood behind')
})

/** A desk that decides nothing before `go`, and who was decided, in order. */
function heldDesk () {
  const { promise: held, resolve: go } = Promise.withResolvers<void>()
  const decided: string[] = []
  const desk = openDesk(async (_, requests) => {
    await held
    decided.push(...requests.map(({ email = '' }) => email))
    return requests.map(() => 'received')
  })
  return { desk, decided, go }
}

t.test('more than can be decided soon are turned away at once, and all that were let in are decided', async t => {
  const { desk, decided, go } = heldDesk()

  const asked = Array.from({ length: 300 }, async (_, n) => { await desk.request('activity', aRequest(String(n))) })
  const ends = Promise.allSettled(asked)
  await t.rejects(desk.request('activity', aRequest('too late')), new Overloaded())
  t.strictSame([desk.isInTime('activity'), desk.isInTime('another')], [false, true])
  go()

  const letIn = (await ends).flatMap(({ status }, n) => status === 'fulfilled' ? String(n) : [])
  t.ok(letIn.length >= 250 && letIn.length < 300)
  t.strictSame(decided, letIn)
  await t.resolves(desk.request('activity', aRequest('later')))
})

t.test('one whose sender has gone before its turn is not decided; one in a batch in hand is', async t => {
  const { desk, decided, go } = heldDesk()
  let isGone = false

  const inHand = desk.request('activity', aRequest('in hand'), () => isGone)
  const behind = desk.request('activity', aRequest('behind'), () => isGone)
  const there = desk.request('activity', aRequest('there'))
  isGone = true
  const turnedAway = t.rejects(behind, new Overloaded())
  go()

  await t.resolves(inHand)
  await turnedAway
  await t.resolves(there)
  t.strictSame(decided, ['in hand', 'there'])
})
