import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import type { Test } from 'tap'
import { systemClock } from '../../src/platform/clock.ts'
import { isProcessing } from '../../src/platform/queue.ts'
import { counted } from '../support/counted.ts'
import { faultyProxy } from '../support/faulty-proxy.ts'
import { filledIn } from '../support/filled-in.ts'
import { eventually } from '../support/running-service.ts'
import { aForm, post } from '../support/service.ts'
import { expectSound } from '../support/sound.ts'
import { impatience, inAWeek, wholeService } from '../support/whole-service.ts'
import { anActivity, world } from '../support/world.ts'

/** The service with all of its connections through a proxy that can fail; `sound` is a connection without it. */
async function serviceBehindProxy (t: Test, timeouts = impatience) {
  const { db: sound, url } = await world(t)
  const proxy = await faultyProxy(t, url)
  const service = await wholeService(t, proxy.url, timeouts)
  t.teardown(() => { proxy.reset() })
  return { ...service, sound, proxy }
}

t.test('replies that stop coming in the middle of a booking', async t => {
  const { app, sound, proxy, mailbox, isReady } = await serviceBehindProxy(t)
  const { slug } = await anActivity(sound, inAWeek)
  await post(app, `/activities/${slug}/book`, aForm('first@example.org'))

  proxy.swallowAfter(/FROM activities WHERE id = .* FOR UPDATE/)
  const lost = await post(app, `/activities/${slug}/book`, aForm('lost@example.org'))

  t.equal(lost.statusCode, 503)
  t.equal(lost.headers['retry-after'], '30')
  const again = await post(app, `/activities/${slug}/book`, aForm('again@example.org'))
  t.equal(again.statusCode, 303, 'the next who asks has a place: nobody waits for the lock of the lost one')
  await eventually(() => mailbox.taken.length === 2)
  const found = (await sound.booking.findMany()).map(({ email }) => email ?? '')
  t.notOk(found.includes('lost@example.org'), 'what was not answered was not made')
  counted(t, 'Cut off while both live', { answered: ['first@example.org', 'again@example.org'], found })
  t.ok(await isReady())
  await expectSound(sound, { now: systemClock() })
})

t.test('a booking that was made unheard is found by the same form', async t => {
  const { app, boss, sound, proxy, mailbox } = await serviceBehindProxy(t)
  const { slug } = await anActivity(sound, inAWeek)
  const form = aForm('anne@example.org')

  proxy.swallowAfter(/INSERT INTO bookings/, /COMMIT/)
  const lost = await post(app, `/activities/${slug}/book`, form)
  const again = await post(app, `/activities/${slug}/book`, filledIn(lost.body))

  t.equal(lost.statusCode, 503)
  t.match(filledIn(lost.body), form, 'the form comes back, with its own number')
  t.equal(again.statusCode, 303)
  counted(t, 'Failing over, the answer unknown', {
    answered: ['anne@example.org'], found: (await sound.booking.findMany()).map(({ email }) => email ?? '')
  })
  await eventually(() => mailbox.taken.length > 0)
  await eventually(async () => (await boss.findJobs('booking.confirmed')).every(({ state }) => state === 'completed'))
  t.strictSame(mailbox.taken.map(({ to }) => to), [['anne@example.org']])
  await expectSound(sound, { now: systemClock() })
})

t.test('all connections fall silent at once, as when a standby takes over', async t => {
  const { app, sound, proxy, mailbox, isReady } = await serviceBehindProxy(t)
  const { slug } = await anActivity(sound, { ...inAWeek, capacity: 500 })
  const answered: string[] = []
  const statuses = new Set<number>()
  let asked = 0
  const over = new AbortController()
  const parents = Promise.all(Array.from({ length: 10 }, async (_, parent) => {
    for (let n = 0; !over.signal.aborted && n < 40; n++) {
      const email = `parent-${parent}-${n}@example.org`
      asked++
      const { statusCode } = await post(app, `/activities/${slug}/book`, aForm(email))
      statuses.add(statusCode)
      if (statusCode === 303) answered.push(email)
      await sleep(100)
    }
  }))
  await eventually(() => answered.length > 20)

  proxy.swallow()
  t.notOk(await isReady(), 'ready knows')
  const before = answered.length
  await eventually(() => answered.length > before + 20)
  over.abort()
  await parents

  t.ok(await isReady(), 'ready again')
  t.strictSame([...statuses].filter(status => ![303, 503].includes(status)), [], 'no fault of ours')
  const found = (await sound.booking.findMany()).map(({ email }) => email ?? '')
  await eventually(async () => await sound.email.count({ where: { status: 'sent' } }) === found.length)
  const told = mailbox.taken.flatMap(({ to }) => to)
  counted(t, 'A standby takes over', { answered, found })
  t.strictSame(found.filter(email => !told.includes(email)), [], 'without an email')
  t.comment(`asked ${asked}, answered ${answered.length}, found ${found.length}, told ${told.length}`)
  t.equal(told.length, new Set(told).size, 'nobody is told twice')
  await expectSound(sound, { now: systemClock() })
  t.equal(proxy.countSilent(), 0, 'no silent connection is kept')
})

t.test('a worker that waits for a connection which carries nothing is not ready', async t => {
  const { boss, isReady, proxy } = await serviceBehindProxy(t, { ...impatience, answerMs: 600_000 })
  t.ok(isProcessing(boss, 2_000))
  t.ok(await isReady())

  proxy.swallow()
  proxy.heal()

  await eventually(() => !isProcessing(boss, 2_000))
})
