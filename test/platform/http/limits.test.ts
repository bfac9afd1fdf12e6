import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { addressRateLimit } from '../../../src/booking/bookings/booking-form-routes.ts'
import { buildApp } from '../../../src/app.ts'
import { crowdRateLimit, emailRateLimit, formRateLimit, mailboxDayLimit } from '../../../src/platform/http/limits.ts'
import { dropOldCounts, requestCounts } from '../../../src/platform/http/request-counts.ts'
import { networkOf } from '../../../src/platform/http/network.ts'
import { aForm, partsOf, perceived, post, service } from '../../support/service.ts'
import { anActivity, noon, world } from '../../support/world.ts'

const asAForm = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }

/** Sends a form from a network address, and returns the answer. */
async function send (app: FastifyInstance, url: string, fields: Record<string, string>, remoteAddress = '192.0.2.1') {
  return await app.inject({
    method: 'POST', url, headers: asAForm, payload: new URLSearchParams(fields).toString(), remoteAddress
  })
}

t.test('200 parents behind one address all book within ten minutes, and a machine that posts without end is stopped', async t => {
  const { app, db } = await service(t, { rateLimits: true, freshForMs: 1000 })
  const { slug } = await anActivity(db, { capacity: 250 })
  const url = `/activities/${slug}/book`

  // Each of the people makes one mistake first.
  const mistakes = await Promise.all(Array.from({ length: 200 }, async () => await send(app, url, {})))
  const booked = await Promise.all(Array.from({ length: 200 }, async (_, n) => await send(app, url, aForm(`a${n}@example.org`))))
  t.strictSame(new Set(mistakes.map(({ statusCode }) => statusCode)), new Set([400]))
  t.strictSame(new Set(booked.map(({ statusCode }) => statusCode)), new Set([303]))
  t.equal(await db.booking.count({ where: { status: 'confirmed' } }), 200)

  const posted = []
  for (let n = 0; n < 2000; n++) posted.push((await send(app, url, {}, '198.51.100.1')).statusCode)
  const refused = await send(app, url, aForm('b@example.org'), '198.51.100.1')
  t.equal(posted.filter(status => status === 400).length, crowdRateLimit.max)
  t.equal(posted.indexOf(429), crowdRateLimit.max)
  t.equal(refused.statusCode, 429)
  t.ok(Number(refused.headers['retry-after']) > 0)
  t.equal(perceived(refused).h1, 'Too many tries')
  t.match(perceived(refused).text, 'Nothing has been changed. Try again in 10 minutes.')
  t.equal((await send(app, url, aForm('b@example.org'))).statusCode, 303, 'and nobody else is')
  t.equal(await db.booking.count(), 201)
})

t.test('one email address is booked and asked about so often, from wherever, that its inbox is not filled', async t => {
  const { app, db } = await service(t, { rateLimits: true })
  const { slug } = await anActivity(db)
  const times = async (most: number, url: string, fields: (n: number) => Record<string, string>) => {
    const statuses = await Promise.all(Array.from({ length: most + 3 }, async (_, n) =>
      (await send(app, url, fields(n), `203.0.113.${n}`)).statusCode))
    return statuses.filter(status => status === 303).length
  }

  const book = (n: number) => aForm(n % 2 === 0 ? 'anne@example.org' : 'Anne@Example.org')
  t.equal(await times(addressRateLimit.max, `/activities/${slug}/book`, book), addressRateLimit.max)
  t.equal(await times(5, '/find-my-booking', () => ({ email: 'anne@example.org' })), 5)
  t.equal(await times(5, '/find-my-booking', () => ({ email: 'nobody@example.org' })), 5, 'whether or not it is booked')
  t.equal((await send(app, '/find-my-booking', { email: 'bob@example.org' })).statusCode, 303)
})

t.test('of IPv6 a whole /64 is one address, and an IPv4 address is the same in either way of writing', async t => {
  const { app } = await service(t, { rateLimits: true })
  const ask = async (from: string) => (await send(app, '/find-my-booking', {}, from)).statusCode

  for (let n = 1; n <= formRateLimit.max; n++) t.equal(await ask(`2001:db8:0:1::${n.toString(16)}`), 400)
  t.equal(await ask('2001:db8:0:1:ffff::1'), 429)
  t.equal(await ask('2001:db8:0:2::1'), 400)
  for (let n = 1; n <= formRateLimit.max; n++) await ask('192.0.2.9')
  t.equal(await ask('::ffff:192.0.2.9'), 429)
  t.strictSame(['192.0.2.77', '::ffff:192.0.2.77', '2001:db8:7:8:9::1', 'unknown'].map(networkOf),
    ['192.0.2.0/24', '192.0.2.0/24', '2001:db8:7::/48', 'not known'])
})

t.test('an address that someone writes into a header counts only where its proxy is trusted', async t => {
  for (const [trustProxy, last] of [[undefined, 429], ['127.0.0.1', 400], ['10.0.0.0/8, loopback', 400], ['10.0.0.0/8', 429]] as const) {
    const { app } = await service(t, { rateLimits: true, trustProxy })
    let answer
    for (let n = 0; n <= formRateLimit.max; n++) {
      answer = await post(app, '/find-my-booking', {}, { 'x-forwarded-for': `198.51.100.${n}` })
    }
    t.equal(answer?.statusCode, last, String(trustProxy))
  }
})

t.test('no answer says how often someone has asked', async t => {
  const { app } = await service(t, { rateLimits: true })

  const { headers } = await post(app, '/find-my-booking', { email: 'x' })

  t.notOk(Object.keys(headers).some(name => name.startsWith('x-ratelimit')))
})

t.test('two processes share every limit, and a restart does not begin it anew', async t => {
  const its = await world(t)
  const open = async () => {
    const app = await buildApp({ ...partsOf(its), rateLimits: true })
    t.teardown(async () => { await app.close() })
    return app
  }
  const [one, other] = [await open(), await open()]
  const ask = async (app: FastifyInstance, email: string, from: string) =>
    (await send(app, '/find-my-booking', { email }, from)).statusCode

  const inTurn = await Promise.all(Array.from({ length: formRateLimit.max + 20 }, async (_, n) =>
    await ask(n % 2 === 0 ? one : other, '', '192.0.2.8')))
  t.equal(inTurn.filter(status => status === 400).length, formRateLimit.max)
  for (let n = 0; n < emailRateLimit.max; n++) await ask(n % 2 === 0 ? one : other, 'anne@example.org', `192.0.2.${n}`)
  await one.close()
  const restarted = await open()
  t.equal(await ask(restarted, 'anne@example.org', '198.51.100.2'), 429)
  t.equal(await ask(restarted, '', '192.0.2.8'), 429)
  t.equal(await ask(restarted, 'bob@example.org', '198.51.100.2'), 303)
})

t.test('what counts says neither who asked nor that they asked on two days, and goes once its time is over', async t => {
  let now = noon
  const { app, db } = await service(t, { rateLimits: true, clock: () => now })
  const ask = async () => (await send(app, '/find-my-booking', { email: 'anne@example.org' })).statusCode

  for (let n = 0; n < emailRateLimit.max; n++) await ask()
  t.equal(await ask(), 429)
  const first = await db.requestCount.findMany()
  now = noon.plus({ days: 1 }) as typeof noon
  t.equal(await ask(), 303)

  const rows = await db.requestCount.findMany()
  t.equal(first.length, 3, 'the network, the mailbox for this form, and for all in a day')
  t.equal(rows.length, 6)
  t.notMatch(JSON.stringify(rows), /anne|192\.0\.2|example/)
  t.equal(await dropOldCounts(db, now.toJSDate()), 3)
})

t.test('all forms together email one mailbox so often in a day, whichever they are and from wherever', async t => {
  let now = noon
  const { app, db } = await service(t, { rateLimits: true, clock: () => now })
  const { slug } = await anActivity(db)
  const book = async () => (await send(app, `/activities/${slug}/book`, aForm('anne@example.org'))).statusCode
  const find = async (email: string) => (await send(app, '/find-my-booking', { email })).statusCode
  const inADay = mailboxDayLimit.max / addressRateLimit.max

  for (let n = 0; n < inADay; n++) {
    now = now.plus({ minutes: 20 }) as typeof noon
    const statuses = await Promise.all(Array.from({ length: addressRateLimit.max }, book))
    t.strictSame(new Set(statuses), new Set([303]))
  }

  now = now.plus({ minutes: 20 }) as typeof noon
  t.strictSame([await book(), await find('Anne+Other@example.org'), await find('bob@example.org')], [429, 429, 303])
})

t.test('where the database does not count, each process does: as much is let in, and nobody waits for each', async t => {
  const { db, asOwner } = await world(t)
  await asOwner('ALTER TABLE request_counts RENAME TO away')
  let asked = 0
  const $queryRaw = async (...query: Parameters<typeof db.$queryRaw>) => {
    asked++
    return await db.$queryRaw(...query)
  }
  const counting = { ...db, $queryRaw } as unknown as typeof db
  const { count } = requestCounts({ db: counting, clock: () => noon, mark: text => text })
  const ask = async (who: string) => (await count('a form', who, emailRateLimit)).current

  const counted = await Promise.all(Array.from({ length: 8 }, async () => await ask('someone')))

  t.strictSame(counted, [1, 2, 3, 4, 5, 6, 7, 8])
  const before = asked
  t.equal(await ask('somebody else'), 1)
  t.equal(asked, before, 'who comes next does not wait for it')
})

t.test('what a process counted for itself counts on when the database is back', async t => {
  const { db, asOwner } = await world(t)
  let elapsed = 0
  const { count } = requestCounts({ db, clock: () => noon, mark: text => text, elapsedMs: () => elapsed })
  const ask = async () => (await count('a form', 'someone', emailRateLimit)).current
  const counted = [await ask()]
  await asOwner('ALTER TABLE request_counts RENAME TO away')
  counted.push(await ask(), await ask())

  await asOwner('ALTER TABLE away RENAME TO request_counts')
  elapsed = 60_000
  counted.push(await ask(), await ask())

  t.strictSame(counted, [1, 2, 3, 4, 5])
})

t.test('what the database counts too late to answer counts once', async t => {
  const { db } = await world(t)
  let elapsed = 0
  const answers: Array<Promise<unknown>> = []
  const $queryRaw = (...query: Parameters<typeof db.$queryRaw>) => {
    const answer = db.$queryRaw(...query).then(rows => rows)
    answers.push(answer)
    return answer
  }
  const counting = { ...db, $queryRaw } as unknown as typeof db
  const { count } = requestCounts({ db: counting, clock: () => noon, mark: text => text, elapsedMs: () => elapsed })
  const ask = async () => (await count('a form', 'someone', emailRateLimit)).current
  const counted = [await ask()]

  await db.$transaction(async tx => {
    await tx.$executeRaw`LOCK TABLE request_counts IN SHARE MODE`
    counted.push(await ask())
  }, { timeout: 120_000 })
  await answers[1]
  await new Promise(resolve => { setImmediate(resolve) })
  elapsed = 60_000
  counted.push(await ask())

  t.strictSame(counted, [1, 2, 3])
})

t.test('many who ask two processes at once are each counted once, and nobody waits for another for ever', async t => {
  const { db } = await world(t)
  const [one, other] = [1, 2].map(() => requestCounts({ db, clock: () => noon, mark: text => text, answerMs: 120_000 }))
  const most = { max: 10_000, timeWindow: 60_000 }
  const names = Array.from({ length: 20 }, (_, n) => `name ${n}`)

  const counted = await Promise.all([one, other].flatMap((process, p) =>
    Array.from({ length: 200 }, async (_, n) => await process?.count(names[(p === 0 ? n : 399 - n) % 20] ?? '', '', most))))

  t.equal(counted.length, 400)
  t.strictSame(new Set((await db.requestCount.findMany()).map(({ requests }) => requests)), new Set([20]))
})
