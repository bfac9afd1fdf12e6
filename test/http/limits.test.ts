import t from 'tap'
import { aForm, perceived, post, service } from '../support/service.ts'
import { anActivity } from '../support/world.ts'

t.test('the thirty-first form from one address within ten minutes is asked to wait', async t => {
  const { app, db } = await service(t, { rateLimits: true })
  const { slug } = await anActivity(db, { capacity: 100 })
  const send = async (n: number, from = '192.0.2.1') => await app.inject({
    method: 'POST',
    url: `/activities/${slug}/book`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(aForm(`a${n}@example.org`)).toString(),
    remoteAddress: from
  })

  for (let n = 0; n < 30; n++) t.equal((await send(n)).statusCode, 303)
  const refused = await send(30)
  const fromElsewhere = await send(31, '192.0.2.2')

  t.equal(refused.statusCode, 429)
  t.ok(Number(refused.headers['retry-after']) > 0)
  t.equal(perceived(refused).h1, 'Too many tries')
  t.match(perceived(refused).text, 'Nothing has been changed. Try again in 10 minutes.')
  t.equal(fromElsewhere.statusCode, 303)
  t.equal(await db.booking.count(), 31)
})

t.test('an address that somebody writes into a header counts only where its proxy is trusted', async t => {
  const statuses = async (trustProxy: string | undefined) => {
    const { app } = await service(t, { rateLimits: true, trustProxy })
    const answers = []
    for (let n = 0; n < 6; n++) {
      answers.push(await post(app, '/find-my-booking', { email: 'x' }, { 'x-forwarded-for': `198.51.100.${n}` }))
    }
    return answers.map(({ statusCode }) => statusCode)
  }

  t.strictSame(await statuses(undefined), [400, 400, 400, 400, 400, 429])
  t.strictSame(await statuses('127.0.0.1'), [400, 400, 400, 400, 400, 400])
})

t.test('no answer says how often somebody has asked', async t => {
  const { app } = await service(t, { rateLimits: true })

  const { headers } = await post(app, '/find-my-booking', { email: 'x' })

  t.notOk(Object.keys(headers).some(name => name.startsWith('x-ratelimit')))
})
