import fc from 'fast-check'
import t from 'tap'
import { drawnBars } from '../../../src/office/reports/bars.ts'
import { exactly, few, partsOf } from '../../../src/office/reports/small-numbers.ts'

t.test('a picture has no share that is not known: that part of its bar is one', async t => {
  const [came = few, notRecorded = few, didNotCome = few] = partsOf([6, 82, 2])

  t.strictSame(drawnBars([
    { name: 'Hidden', whole: exactly(90), parts: [came, didNotCome, notRecorded] },
    { name: 'Not said', whole: exactly(85), parts: [undefined, undefined] },
    { name: 'Known', whole: exactly(40), parts: [exactly(30), exactly(10)] }
  ]), [
    { parts: [0, 2, 0], unshown: 88 }, { parts: [0, 0], unshown: 85 }, { parts: [30, 10], unshown: 0 }
  ])
})

t.test('nor a bar that is not known among the others', async t => {
  const [bar] = drawnBars([
    { name: 'Few', whole: few, parts: [few] }, { name: 'More', whole: exactly(9), parts: [exactly(9)] }
  ])

  t.strictSame(bar, { parts: [0], unshown: 0 })
})

t.test('what is drawn of a part is what was counted, to a tenth of its bar, and all of them are the bar', async () => {
  const counts = fc.array(fc.oneof(fc.nat(6), fc.nat(40), fc.nat(400)), { minLength: 1, maxLength: 4 })
  fc.assert(fc.property(counts, counts => {
    const all = counts.reduce((sum, count) => sum + count)
    const [bar] = drawnBars([{ name: 'All', whole: exactly(all), parts: partsOf(counts) }])
    const { parts = [], unshown = 0 } = bar ?? {}
    return parts.reduce((sum, part) => sum + part, unshown) === all &&
      parts.every((part, n) => part === 0 || Math.abs(part - (counts[n] ?? 0)) <= all / 10)
  }), { numRuns: 1000 })
})
