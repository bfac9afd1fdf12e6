import fc from 'fast-check'
import t from 'tap'
import { expectedWaitMs, isDecidedInTime, longestWaitMs, paceAfter, unmeasured } from '../../../src/booking/bookings/expected-wait.ts'

const batchSize = 250
const aPace = fc.record({ ms: fc.integer({ min: 1, max: 20_000 }), requests: fc.integer({ min: 1, max: 500 }) })
const ahead = fc.nat(100_000)

t.test('nobody is let in who would wait too long, unless the very next batch takes them', async t => {
  fc.assert(fc.property(ahead, aPace, (ahead, pace) => {
    t.equal(isDecidedInTime(ahead, pace, batchSize), ahead < batchSize || expectedWaitMs(ahead, pace) <= longestWaitMs)
  }))
})

t.test('where one is turned away, so is everyone behind', async t => {
  fc.assert(fc.property(ahead, fc.nat(1000), aPace, (ahead, more, pace) => {
    t.ok(isDecidedInTime(ahead, pace, batchSize) || !isDecidedInTime(ahead + more, pace, batchSize))
  }))
})

t.test('at a steady pace, however many come, those let in wait as long as promised and for one batch more', async t => {
  const tenthsEach = fc.integer({ min: 1, max: 40 })
  const batches = fc.array(fc.nat(2_000), { minLength: 1, maxLength: 40 })
  fc.assert(fc.property(tenthsEach, batches, (tenths, arrivals) => {
    const msEach = tenths / 10
    let [pace, waiting] = [unmeasured, 0]
    for (const arriving of arrivals) {
      for (let n = 0; n < arriving && isDecidedInTime(waiting, pace, batchSize); n++) waiting++
      t.ok(waiting * msEach <= longestWaitMs + batchSize * msEach)
      const decided = Math.min(waiting, batchSize)
      waiting -= decided
      if (decided > 0) pace = paceAfter(pace, { ms: decided * msEach, requests: decided })
    }
  }))
})

t.test('the pace follows what is true now', async t => {
  let pace = paceAfter(unmeasured, { ms: 5_000, requests: 250 })
  t.notOk(isDecidedInTime(300, pace, batchSize))

  for (let n = 0; n < 12; n++) pace = paceAfter(pace, { ms: 100, requests: 250 })

  t.ok(isDecidedInTime(300, pace, batchSize))
  t.ok(Math.abs(expectedWaitMs(0, pace) - 0.4) < 0.01)
})
