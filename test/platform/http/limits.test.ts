import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { addressRateLimit } from '../../../src/booking/bookings/booking-form-routes.ts'
import { formRateLimit, crowdRateLimit } from '../../../src/platform/http/limits.ts'
import { networkOf } from '../../../src/platform/http/network.ts'
import { aForm, perceived, post, service } from '../../support/service.ts'
import { anActivity } from '../../support/world.ts'

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
