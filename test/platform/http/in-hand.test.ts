import Fastify from 'fastify'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import type { Test } from 'tap'
import { inHand, pauseMs } from '../../../src/platform/http/in-hand.ts'

/** A service with long work that goes on until it is told to end, and with a request that waits until then. */
async function atWork (t: Test) {
  const app: FastifyInstance = Fastify()
  await app.register(inHand)
  let portions = 0
  let isOver = false
  app.get('/long', async request => {
    for (;;) {
      if (isOver) return ''
      await app.giveWay(request)
      portions++
      await new Promise(resolve => { setImmediate(resolve) })
    }
  })
  let release = () => {}
  const released = new Promise<void>(resolve => { release = resolve })
  app.get('/waits', async () => { await released; return '' })
  t.teardown(async () => { isOver = true; release(); await app.close() })
  return { app, portions: () => portions, end: () => { isOver = true; release() } }
}

/** How long a number of pieces of long work took, beside someone who waits, for so many portions of each. */
async function timeFor (t: Test, { works, each }: { works: number, each: number }): Promise<number> {
  const { app, portions, end } = await atWork(t)
  const waits = app.inject('/waits')
  const start = performance.now()
  const all = Array.from({ length: works }, async () => await app.inject('/long'))
  while (portions() < works * each) await new Promise(resolve => { setImmediate(resolve) })
  const took = performance.now() - start
  end()
  await Promise.all([waits, ...all])
  return took
}

t.test('beside someone who waits, four pieces of long work together do no more than one alone', async t => {
  // Timers are never early by more than a millisecond: this is the least that it can take.
  const least = 3 * 4 * (pauseMs - 1)

  t.ok(await timeFor(t, { works: 4, each: 3 }) >= least - 4 * pauseMs)
})

t.test('long work goes on at once while nobody waits', async t => {
  const { app, portions, end } = await atWork(t)
  const work = app.inject('/long')

  // Turns of the event loop, not time: with pauses there would be thousands of turns for each portion.
  for (let turn = 0; turn < 3_000; turn++) await new Promise(resolve => { setImmediate(resolve) })

  t.ok(portions() > 2_000, `${portions()} portions`)
  end()
  await work
})
