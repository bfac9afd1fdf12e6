import fc from 'fast-check'
import t from 'tap'
import { newReference, referenceIn } from '../../../src/booking/bookings/reference.ts'
import { parseSearch } from '../../../src/booking/attendees/search-query.ts'

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
  t.strictSame(parseSearch('Kirk'), { names: ['Kirk'], address: 'kirk', phone: undefined, reference: undefined })
  t.strictSame(parseSearch('Bernadette'), { names: ['Bernadette'], address: 'bernadette', phone: undefined, reference: 'BERNA-DETTE' })
  t.strictSame(parseSearch(' Anne  Kirk '), { names: ['Anne Kirk'], address: undefined, phone: undefined, reference: undefined })
  t.strictSame(parseSearch('Anne@Exam'), { names: [], address: 'anne@exam', phone: undefined, reference: undefined })
  t.strictSame(parseSearch('Anne Kirkbride <Anne@Example.org>,'), { names: [], address: 'anne@example.org', phone: undefined, reference: undefined })
  t.strictSame(parseSearch('anne@münchen.example'), { names: [], address: 'anne@xn--mnchen-3ya.example', phone: undefined, reference: undefined })
  t.strictSame(parseSearch('anne@1'), { names: [], address: 'anne@1', phone: undefined, reference: undefined }, 'no number of a network is made of it')
})

t.test('a name with apostrophes and hyphens is looked for as its parts and as what it is without them', async t => {
  t.strictSame(parseSearch('Siân O’Neil')?.names, ['Sia\u0302n O Neil', 'Sia\u0302n ONeil'])
  for (const typed of ["O'Neil", 'O`Neil', 'O´Neil', 'OʼNeil', 'O‘Neil']) t.strictSame(parseSearch(typed)?.names, ['O Neil', 'ONeil'], typed)
  t.strictSame(parseSearch("O'Dea-Smith")?.names, ['O Dea Smith', 'ODea Smith', 'ODeaSmith'])
  t.strictSame(parseSearch('Smith‑Jones')?.names, ['Smith Jones', 'SmithJones'])
  t.equal(parseSearch('o’neil@example.org')?.address, "o'neil@example.org", 'as forms take it')
})

t.test('what is made of digits can be a number, once it has as many as the form asks for', async t => {
  t.equal(parseSearch('07700 900982')?.phone, '07700 900982')
  t.equal(parseSearch('+44\u00A07700–900982')?.phone, '+44 7700-900982')
  for (const typed of ['12', '0770', 'Anne 07700 900982', '7F3KQ-92QDM', '007']) t.equal(parseSearch(typed)?.phone, undefined, typed)
})

t.test('where there is no letter and no digit there is nothing to look for', async t => {
  for (const typed of ['', '  ', '!?', '—', '@', '%', "'"]) t.equal(parseSearch(typed), undefined)
})
