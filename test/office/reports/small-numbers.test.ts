import fc from 'fast-check'
import t from 'tap'
import {
  alone, exactly, few, figureInWords, isSmall, partsOf, sumOf, sumOfAlone
} from '../../../src/office/reports/small-numbers.ts'

t.test('a figure is read as a number only where it is one, and never as one that may be under 5', async t => {
  const about = 0
  for (const [figure, words] of [
    [exactly(0), '0'], [exactly(5), '5'], [exactly(1234), '1,234'], [few, 'fewer than 5'],
    [{ low: 0, high: 4, about }, 'fewer than 5'], [{ low: 2, high: 8, about }, 'fewer than 10'],
    [{ low: 4, high: 10, about }, 'fewer than 15'], [{ low: 20, high: 23, about }, '20 to 23'],
    [{ low: 1200, high: 1300, about: 1249.6 }, 'about 1,250']
  ] as const) t.equal(figureInWords(figure), words)
})

t.test('of the parts of a known total, small ones are hidden, and another with them', async t => {
  t.strictSame(partsOf([12, 6, 6]), [exactly(12), exactly(6), exactly(6)])
  t.strictSame(partsOf([24, 0, 0]), [exactly(24), exactly(0), exactly(0)])
  t.strictSame(partsOf([21, 0, 3]).map(figureInWords), ['20 to 23', '0', 'fewer than 5'])
  t.strictSame(partsOf([21, 2, 3]).map(figureInWords), ['21', 'fewer than 5', 'fewer than 5'])
  t.strictSame(partsOf([21, 1, 1]).map(figureInWords), ['15 to 21', 'fewer than 5', 'fewer than 5'])
  t.strictSame(partsOf([4, 4]).map(figureInWords), ['fewer than 10', 'fewer than 10'])
})

t.test('parts are within what is published of them, and what they are about adds up to the total', async () => {
  fc.assert(fc.property(fc.array(fc.nat(30), { minLength: 1, maxLength: 8 }), counts => {
    const figures = partsOf(counts)
    const total = counts.reduce((sum, count) => sum + count)
    return Math.abs(sumOf(figures).about - total) < 1e-9 && counts.every((count, n) => {
      const { low, high } = figures[n] ?? few
      return low <= count && count <= high && !(isSmall(count) && low === high && total >= 5)
    })
  }), { numRuns: 1000 })
})

/** Every list of as many counts, each below `under`. */
function * lists (length: number, under: number): Generator<number[]> {
  if (length === 0) return yield []
  for (const list of lists(length - 1, under)) for (let count = 0; count < under; count++) yield [...list, count]
}

/** Small numbers that all lists agree on which look the same to those who know `known` of them. */
function told (
  length: number, under: number, known: (counts: number[]) => unknown, isTried = (_total: number) => true
): number[][] {
  const alike = [...Map.groupBy(lists(length, under), counts => JSON.stringify(known(counts))).values()]
  return alike.flatMap(group => {
    const [first = []] = group
    if (!isTried(first.reduce((sum, count) => sum + count))) return []
    return first.some((count, part) => isSmall(count) && group.every(counts => counts[part] === count)) ? [first] : []
  })
}

t.test('nobody who knows the total, and how this works, can work out a small part', async t => {
  const known = (counts: number[]) => [counts.reduce((sum, count) => sum + count), partsOf(counts)]
  // Totals of which not every list is tried say nothing, nor do those that are small: they are not published.
  for (const [length, under] of [[2, 18], [3, 18], [4, 14], [5, 9], [6, 7]] as const) {
    t.strictSame(told(length, under, known, total => total >= 5 && total < under), [])
  }
})

t.test('nor a small number from a sum of numbers that are published alone', async t => {
  const known = (counts: number[]) => [counts.map(alone), sumOfAlone(counts)]
  for (const length of [1, 2, 3, 4, 5]) t.strictSame(told(length, 6, known), [])
})
