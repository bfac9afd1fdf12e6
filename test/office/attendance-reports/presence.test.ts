import fc from 'fast-check'
import t from 'tap'
import { hasCome, merged, minutesAtLeast, secondsDuring } from '../../../src/office/attendance-reports/presence.ts'
import type { Presence } from '../../../src/office/attendance-reports/presence.ts'

const second = 1000
const event = { from: 100 * second, to: 400 * second }
const whole = fc.tuple(fc.nat(500), fc.nat(200)).map(([from, length]): Presence =>
  ({ from: from * second, to: (from + length) * second, seconds: length }))
const some = fc.tuple(whole, fc.nat(200)).map(([presence, less]): Presence =>
  ({ ...presence, seconds: Math.max(0, presence.seconds - less) }))

t.test('someone was there for as long as any of their joins lasted during the activity, each second once', async () => {
  fc.assert(fc.property(fc.array(whole, { maxLength: 8 }), presences => {
    const seconds = new Set<number>()
    for (const { from, to } of presences) {
      for (let at = Math.max(from, event.from); at < Math.min(to, event.to); at += second) seconds.add(at)
    }
    return secondsDuring(event, presences) === seconds.size
  }))
})

t.test('the same joins again, in another order, change nothing; more of them never make it shorter', async () => {
  fc.assert(fc.property(fc.array(some, { maxLength: 8 }), fc.array(some, { maxLength: 4 }), (presences, more) => {
    const once = secondsDuring(event, presences)
    return once === secondsDuring(event, [...presences, ...presences.toReversed()]) &&
      secondsDuring(event, [...presences, ...more]) >= once && once <= 300
  }))
})

t.test('stretches that touch or overlap become one, and cover the same instants', async () => {
  fc.assert(fc.property(fc.array(whole, { maxLength: 8 }), fc.nat(700), (presences, at) => {
    const covers = ({ from, to }: { from: number, to: number }) => from <= at * second && at * second < to
    const apart = merged(presences)
    return apart.some(covers) === presences.some(covers) &&
      apart.every(({ from }, n) => n === 0 || from > (apart[n - 1]?.to ?? from))
  }))
})

t.test('ten minutes are enough, or a third of what is shorter than half an hour', async t => {
  const lasting = (minutes: number) => ({ from: 0, to: minutes * 60 * second })

  t.strictSame([599, 600].map(seconds => hasCome(lasting(30), seconds)), [false, true])
  t.strictSame([599, 600].map(seconds => hasCome(lasting(120), seconds)), [false, true])
  t.strictSame([299, 300].map(seconds => hasCome(lasting(15), seconds)), [false, true])
  t.equal(hasCome(lasting(0), 0), false)
})

t.test('minutes are kept in tens, rounded down', async t => {
  t.strictSame([0, 599, 600, 1199, 1200, 7_260].map(minutesAtLeast), [0, 0, 10, 10, 20, 120])
})

t.test('where a report knows only first, last and sum, the sum counts, and no more than lies in the activity', async t => {
  t.equal(secondsDuring(event, [{ from: 0, to: 500 * second, seconds: 120 }]), 120)
  t.equal(secondsDuring(event, [{ from: 390 * second, to: 500 * second, seconds: 100 }]), 10)
})
