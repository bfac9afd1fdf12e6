import fc from 'fast-check'
import t from 'tap'
import { newReference, referenceIn } from '../../src/bookings/reference.ts'
import { soughtIn } from '../../src/people/sought.ts'

t.test('a reference is known however it was read out', async t => {
  for (const typed of ['7F3KQ-92QDM', '7f3kq 92qdm', '7F3KQ92QDM', ' 7f3kq–92qdm ', '7F3KQ-9 2 Q D M']) {
    t.equal(referenceIn(typed), '7F3KQ-92QDM', typed)
  }
  t.equal(referenceIn('ioL00-ABCDE'), '10100-ABCDE', 'what is never in one is read as what it was heard for')
  for (const typed of ['7F3KQ-92QD', '7F3KQ-92QDMM', '7F3KQ-92QDU', '7F3KQ_92QDM', '']) t.equal(referenceIn(typed), undefined, typed)
})

t.test('every reference that is made is known again, in small letters and without its dash', async () => {
  fc.assert(fc.property(fc.constant(undefined), () => {
    const reference = newReference()
    return referenceIn(reference.toLowerCase().replace('-', ' ')) === reference
  }))
})

t.test('one word can be a name, an address or a reference, and what has an @ is an address', async t => {
  t.strictSame(soughtIn('Kirk'), { names: ['Kirk'], address: 'kirk', reference: undefined })
  t.strictSame(soughtIn('Bernadette'), { names: ['Bernadette'], address: 'bernadette', reference: 'BERNA-DETTE' })
  t.strictSame(soughtIn(' Anne  Kirk '), { names: ['Anne Kirk'], address: undefined, reference: undefined })
  t.strictSame(soughtIn('Anne@Exam'), { names: [], address: 'anne@exam', reference: undefined })
  t.strictSame(soughtIn('Anne Kirkbride <Anne@Example.org>,'), { names: [], address: 'anne@example.org', reference: undefined })
  t.strictSame(soughtIn('anne@münchen.example'), { names: [], address: 'anne@xn--mnchen-3ya.example', reference: undefined })
  t.strictSame(soughtIn('anne@1'), { names: [], address: 'anne@1', reference: undefined }, 'no number of a network is made of it')
})

t.test('apostrophes are looked for both ways, and hyphens end words', async t => {
  t.strictSame(soughtIn('Siân O’Neil')?.names, ["Siân O'Neil", 'Siân O’Neil'])
  t.strictSame(soughtIn("O'Neil")?.names, soughtIn('O`Neil')?.names)
  t.strictSame(soughtIn('Smith-Jones')?.names, ['Smith Jones'])
  t.strictSame(soughtIn("a & b | !c:* \\ 'd")?.names, ["a b c 'd", 'a b c ’d'], 'nothing that PostgreSQL would read')
})

t.test('where there is no letter and no digit there is nothing to look for', async t => {
  for (const typed of ['', '  ', '!?', '—', '@', '%', "'"]) t.equal(soughtIn(typed), undefined)
})
