import fc from 'fast-check'
import t from 'tap'
import { canonicalCode, newCode } from '../../../src/booking/holds/code.ts'

t.test('a code is eight characters that nobody mistakes for others', async t => {
  const codes = Array.from({ length: 2000 }, newCode)

  t.ok(codes.every(code => /^[2-9A-HJKMNP-TV-Z]{8}$/.test(code)))
  t.equal(new Set(codes).size, 2000)
  t.equal(new Set(codes.join('')).size, 30, 'all of them come')
})

t.test('a code is the same in any case, with spaces and dashes of any kind', async t => {
  for (const typed of [
    'K7PMW3QD', 'k7pmw3qd', ' K7PM W3QD ', 'k7pm-w3qd', 'K7PM–W3QD', 'K7PM—W3QD', 'K7PM‑W3QD', 'K7 PM\tW3 QD\n',
    'K7PM\u00a0W3QD', 'Ｋ７ＰＭＷ３ＱＤ'
  ]) t.equal(canonicalCode(typed), 'K7PMW3QD', JSON.stringify(typed))
  t.not(canonicalCode('K7PMW3Q'), 'K7PMW3QD')
})

t.test('what has been made canonical stays as it is', async () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), typed => {
    const canonical = canonicalCode(typed)
    return canonicalCode(canonical) === canonical
  }), { examples: [['ῢ'], ['a-\u0308']] })
})
