import fc from 'fast-check'
import t from 'tap'
import { isNarrowed, listAddress, listFilter, listStates, toCome } from '../../../src/programme/activities/list-filter.ts'
import type { ListFilter } from '../../../src/programme/activities/list-filter.ts'

const choices = { campaigns: [{ slug: 'its-not-ok' }, { slug: 'friends' }], agencies: [{ slug: 'nspcc' }, { slug: 'police' }] }

function read (query: Record<string, unknown>) {
  return listFilter(choices).safeParse(query)
}

/** What an address asks for, as Fastify reads it. */
function queryOf (address: string): Record<string, string> {
  return Object.fromEntries(new URL(address, 'https://example.org').searchParams)
}

function slugOr (slugs: ReadonlyArray<{ slug: string }>) {
  return fc.constantFrom(undefined, ...slugs.map(({ slug }) => slug))
}

const filters: fc.Arbitrary<ListFilter> = fc.record({
  when: fc.oneof(
    fc.constantFrom('to-come' as const, 'past' as const),
    fc.tuple(fc.integer({ min: 2000, max: 2099 }), fc.integer({ min: 1, max: 12 }))
      .map(([year, month]) => `${year}-${String(month).padStart(2, '0')}` as `${number}-${number}`)
  ),
  asCalendar: fc.boolean(),
  campaign: slugOr(choices.campaigns),
  agency: slugOr(choices.agencies),
  state: fc.constantFrom(undefined, ...listStates),
  search: fc.option(fc.constantFrom('safe', 'Łucja & Ömer', '100%', 'a b', '+', '#1?'), { nil: undefined })
})

t.test('an address of a filter says the same filter', async t => {
  fc.assert(fc.property(filters, fc.integer({ min: 1, max: 9 }), (filter, page) => {
    const query = queryOf(listAddress(filter, page))
    t.strictSame(read(query).data, { ...filter })
    t.equal(query.page, page === 1 ? undefined : String(page))
  }))
})

t.test('nothing that is asked for is everything to come', async t => {
  t.strictSame(read({}).data, toCome)
  t.strictSame(read({ view: '', as: '', campaign: '', agency: '', state: ' ', q: '  ' }).data, toCome)
  t.equal(listAddress(toCome), '/staff/activities')
  t.notOk(isNarrowed({ ...toCome, when: 'past', asCalendar: true }))
  t.ok(isNarrowed({ ...toCome, search: 'safe' }))
})

t.test('what cannot be shown gets one sentence each', async t => {
  const wrong: Array<[Record<string, unknown>, string]> = [
    ...['2026-13', '2026-1', '1999-12', 'soon', '2026-12-01'].map((view): [Record<string, unknown>, string] =>
      [{ view }, 'Select a time from the list']),
    [{ view: ['past', 'past'] }, 'When must be given only once'],
    [{ as: 'map' }, 'Select a list or a calendar from those on the page'],
    [{ campaign: 'unknown' }, 'Select a campaign from those on the page'],
    [{ agency: 'unknown' }, 'Select an agency from those on the page'],
    [{ state: 'half-full' }, 'Select a state from those on the page'],
    [{ q: 'x'.repeat(201) }, 'What you look for must be 200 characters or fewer'],
    [{ q: 'one\ntwo' }, 'What you look for must be on one line']
  ]

  for (const [query, sentence] of wrong) {
    t.strictSame(read(query).error?.issues.map(({ message }) => message), [sentence], JSON.stringify(query))
  }
})
