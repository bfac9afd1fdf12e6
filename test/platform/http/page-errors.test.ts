import t from 'tap'
import { buildApp } from '../../../src/app.ts'
import { connect } from '../../../src/platform/database/connect.ts'
import { filledIn } from '../../support/filled-in.ts'
import { aForm, partsOf, perceived, post, service } from '../../support/service.ts'
import { anActivity, world } from '../../support/world.ts'

t.test('a page that does not exist says what to do, and who to call', async t => {
  const { app } = await service(t)

  const answer = await app.inject('/nothing?q=<script>')

  const { h1, text, title } = perceived(answer)
  t.equal(answer.statusCode, 404)
  t.equal(h1, 'Page not found')
  t.equal(title, 'Page not found – Workshops and activities')
  t.match(text, 'If you typed the web address, check it is correct.')
  t.match(text, 'Childline Phone: 0800 1111')
  t.notMatch(answer.body, 'nothing?')
})

t.test('an address that cannot be read, or is far too long, has a page too', async t => {
  const { app } = await service(t)

  const broken = await app.inject('/activities/%zz')
  const long = await app.inject(`/activities/${'x'.repeat(300)}`)

  t.equal(broken.statusCode, 400)
  t.equal(perceived(broken).h1, 'We could not understand what was sent')
  t.equal(long.statusCode, 414)
  t.ok(perceived(long).h1)
})

t.test('a method that an address does not have is told which it has', async t => {
  const { app } = await service(t)
  const methods = { '/': 'GET, HEAD', '/find-my-booking': 'GET, HEAD, POST', '/bookings/x/places': 'POST' }

  for (const [url, allow] of Object.entries(methods)) {
    for (const method of ['DELETE', 'PUT', 'TRACE', 'OPTIONS', 'PATCH'] as const) {
      const answer = await app.inject({ method, url, ...(method === 'PUT' && { payload: { a: 1 } }) })
      t.equal(answer.statusCode, 405, `${method} ${url}`)
      t.equal(answer.headers.allow, allow)
      t.equal(perceived(answer).h1, 'This page does not work like that')
    }
  }
})

t.test('a fault shows a reference that is in the log, and nothing about its cause', async t => {
  const its = await world(t)
  const lines: string[] = []
  const { pino } = await import('pino')
  const parts = partsOf(its)
  const app = await buildApp({
    ...parts,
    log: pino({ level: 'info' }, { write: line => { lines.push(line) } }),
    outbox: { announce: async () => { throw new Error('the disk of anne@example.org is full') } }
  })
  t.teardown(async () => { await app.close() })
  const { slug } = await anActivity(its.db)

  const answer = await post(app, `/activities/${slug}/book`, aForm('anne@example.org'))

  const { h1, text } = perceived(answer)
  t.equal(answer.statusCode, 500)
  t.equal(h1, 'Sorry, there is a problem with the service')
  t.notMatch(answer.body, /disk|at .*\.ts/)
  const [, reference] = /reference: ([\da-f-]+)/.exec(text) ?? []
  const fault = lines.map(line => JSON.parse(line)).find(({ level }) => level === 50)
  t.equal(fault.reqId, reference)
  t.match(fault.err.at[0], /page-errors\.test\.ts/)
  t.equal(await its.db.booking.count(), 0)
})

t.test('while the database does not answer, pages say so and still say who to call', async t => {
  const its = await world(t)
  const nowhere = connect('postgresql://nobody@127.0.0.1:9/nothing')
  const app = await buildApp({ ...partsOf(its), db: nowhere })
  t.teardown(async () => {
    await app.close()
    await nowhere.$disconnect()
  })

  for (const answer of [
    await app.inject('/'), await app.inject('/activities/a'),
    await post(app, '/activities/a/book', aForm('a@example.org'))
  ]) {
    t.equal(answer.statusCode, 503)
    t.equal(answer.headers['retry-after'], '30')
    t.equal(perceived(answer).h1, 'Sorry, the service is not available')
    for (const number of ['999', '101', '0800 1111', '0808 800 5000']) t.match(perceived(answer).text, number)
  }
  const typed = await post(app, '/find-my-booking', { email: 'a@example.org' })
  t.match(typed, { statusCode: 503, headers: { 'retry-after': '30' } })
  t.match(filledIn(typed.body), { email: 'a@example.org' }, 'what was typed is still there')
  t.equal((await app.inject('/help')).statusCode, 200)
})
