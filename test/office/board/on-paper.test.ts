import fc from 'fast-check'
import t from 'tap'
import { onPaper } from '../../../src/office/board/on-paper.ts'

t.test('the fullest column decides how large the letters are', async t => {
  t.equal(onPaper([5, 5, 5, 5, 5, 5, 5], 0).size, 'roomy')
  t.equal(onPaper([9, 2, 2, 2, 2, 2, 2], 0).size, 'tight', '21 in all, and 9 beneath each other')
  t.equal(onPaper([7, 2, 2, 2, 2, 2, 2], 0).size, 'plain')
  t.equal(onPaper([9, 9, 9, 9, 9, 9, 6], 0).size, 'tight')
  t.equal(onPaper([0, 0, 0], 0).size, 'roomy')
})

t.test('more than nine stand beside each other, and a day without anything makes room', async t => {
  t.strictSame(onPaper([7, 7, 20, 7, 7, 6, 6], 0).days.map(({ columns }) => columns), [1, 1, 3, 1, 1, 1, 1])
  t.strictSame(onPaper([30, 0, 0, 30, 0, 0, 0], 0).days.map(({ columns }) => columns), [4, 0, 0, 4, 0, 0, 0])
  t.strictSame(onPaper([3, 0, 4], 0).days.map(({ columns }) => columns), [1, 1, 1], 'else it says that nothing is on')
})

t.test('whatever there is, a day that has something has a column, and no column has more than nine', async () => {
  fc.assert(fc.property(fc.array(fc.nat(100), { minLength: 1, maxLength: 7 }), fc.nat(20), (counts, long) =>
    onPaper(counts, long).days.every(({ columns }, n) => (counts[n] ?? 0) <= columns * 9)))
})
