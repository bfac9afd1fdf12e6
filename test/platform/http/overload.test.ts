import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { eventually } from '../../support/running-service.ts'
import { perceived, post, service } from '../../support/service.ts'

/** Keeps the process busy, so that everything else waits. */
function lag (ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

t.test('while the process lags behind, pages are turned away with what was typed, and machines are answered', async t => {
  const { app } = await service(t, { lag: { maxMs: 300, averagedOverMs: 300 } })
  let page, form, live
  do {
    lag(1_000)
    // The lag is measured once it is over.
    await sleep(1)
    page = await app.inject('/')
    form = await post(app, '/complaints', { name: 'Anne Kirkbride', about: 'Captions' })
    live = await app.inject('/health/live')
  } while (page.statusCode !== 503 || form.statusCode !== 503)

  t.equal(page.statusCode, 503)
  t.match(page.headers, { 'retry-after': /^\d+$/, 'cache-control': 'no-store' })
  t.equal(perceived(page).h1, 'Very many people are here just now')
  t.match(perceived(form).text, 'What you typed Name Anne Kirkbride About Captions Send it again')
  t.equal(live.statusCode, 200)
  await eventually(async () => (await app.inject('/')).statusCode === 200)
})
