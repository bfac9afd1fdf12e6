import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { z } from 'zod'
import {
  addressOf, attendeeAddress, attendeeFilterForm, attendeeFilterIn, everyone, fieldsOf, isEveryone,
  sortings
} from '../../../src/booking/attendees/filter.ts'
import { attendances } from '../../../src/booking/bookings/attendance.ts'
import type { AttendeeFilter } from '../../../src/booking/attendees/filter.ts'
import { attendeeRoles, statuses } from '../../../src/booking/bookings/booking.ts'
import { parseSearch } from '../../../src/booking/attendees/search-query.ts'
import { visibleText } from '../../../src/platform/typed.ts'
import { sealFor } from '../../../src/platform/seal.ts'
import { secretKey } from '../../support/world.ts'

const seal = sealFor('search', secretKey)
const address = z.strictObject({ ...attendeeAddress(seal), page: z.string().optional() })

/** What a web server makes of an address or a form: a field sent twice is a list. */
function fieldsIn (query: string): Record<string, string | string[]> {
  const params = new URLSearchParams(query)
  return Object.fromEntries([...new Set(params.keys())].map(name => {
    const values = params.getAll(name)
    return [name, values.length === 1 ? values[0] as string : values]
  }))
}

function read (query: string): AttendeeFilter {
  const { page, ...chosen } = address.parse(fieldsIn(query))
  return attendeeFilterIn(chosen)
}

/** The first sentence that a wrong address gets. */
function refusal (query: string): string | undefined {
  return address.safeParse(fieldsIn(query)).error?.issues[0]?.message
}

/** A text as the forms keep it. */
const kept = (most: number) => fc.string({ unit: 'grapheme', minLength: 1, maxLength: most })
  .map(text => visibleText(text).trim()).filter(text => text !== '' && text.length <= most && !text.includes('\n'))

const filters: fc.Arbitrary<AttendeeFilter> = fc.record({
  statuses: fc.subarray([...statuses]),
  roles: fc.subarray([...attendeeRoles]),
  districts: fc.uniqueArray(kept(100), { maxLength: 3 }),
  need: fc.constantFrom(undefined, 'yes', 'open'),
  question: fc.constantFrom(undefined, 'asked', 'open'),
  attendances: fc.subarray([...attendances]),
  isUnreached: fc.boolean(),
  search: fc.option(fc.oneof(fc.constantFrom('Anne', 'o’neil@example.org', '07700 900982'), kept(60)), { nil: undefined })
    .filter(text => text === undefined || parseSearch(text) !== undefined),
  sort: fc.constantFrom(...sortings),
  isDescending: fc.boolean()
}, { noNullPrototype: true })

t.test('an address says a filter in full', async () => {
  fc.assert(fc.property(filters, filter => isDeepStrictEqual(read(addressOf(filter, seal)), filter)), { numRuns: 300 })
})

t.test('so does the form on the page', async () => {
  fc.assert(fc.property(filters, ({ search, ...filter }) => {
    const typed = new URLSearchParams([...fieldsOf(filter), ['search', search ?? '']]).toString()
    return isDeepStrictEqual(attendeeFilterForm.parse(fieldsIn(typed)), { ...filter, search })
  }), { numRuns: 300 })
})

t.test('an address never shows what is searched for', async t => {
  const filter = { ...everyone, search: 'Anne Kirkbride' }

  const shown = addressOf(filter, seal, 3)

  t.notMatch(decodeURIComponent(shown), /anne|kirkbride/i)
  t.match(shown, /^q=[\w.-]+&page=3$/)
  t.equal(read(shown).search, 'Anne Kirkbride')
})

t.test('everyone in the usual order has a plain address', async t => {
  t.equal(addressOf(everyone, seal), '')
  t.strictSame(read(''), everyone)
  t.strictSame(read('status=&role=&district=&need=&question=&attendance=&sort=&order=&q='), everyone, 'as a browser sends what is left empty')
  t.ok(isEveryone({ ...everyone, sort: 'name', isDescending: true }), 'in whatever order')
  fc.assert(fc.property(filters, filter =>
    isEveryone(filter) === (addressOf({ ...filter, sort: 'status', isDescending: false }, seal) === '')))
})

t.test('what is chosen twice counts once', async t => {
  t.strictSame(read('status=waiting&status=confirmed&status=waiting').statuses, ['confirmed', 'waiting'])
  t.strictSame(read('district=Eden&district=Eden').districts, ['Eden'])
})

t.test('what is none of the choices gets one clear sentence', async t => {
  const cases: Array<[query: string, sentence: string]> = [
    ['status=here', 'Select a status from those on the page'],
    ['status=confirmed&status=here', 'Select a status from those on the page'],
    ['role=aunt', 'Select a role from those on the page'],
    ['district=%00', 'Select a district from those on the page'],
    [`district=${'x'.repeat(101)}`, 'Select a district from those on the page'],
    [Array.from({ length: 51 }, (_, n) => `district=${n}`).join('&'), 'Choose fewer districts'],
    ['need=perhaps', 'Select which access needs from those on the page'],
    ['reached=yes', 'Select if you want people that emails do not reach'],
    ['question=maybe', 'Select which questions from those on the page'],
    ['question=asked&question=open', 'Select which questions from those on the page'],
    ['attendance=late', 'Select who came from those on the page'],
    ['sort=age', 'This list cannot be sorted by that'],
    ['sort=__proto__', 'This list cannot be sorted by that'],
    ['order=sideways', 'A list can only be sorted up or down'],
    ['q=Anne', 'This link cannot be read any more. Search again'],
    [`q=${'x'.repeat(2000)}`, 'This link cannot be read any more. Search again'],
    [`q=${sealFor('search', 'another key that is long enough').close('Anne')}`, 'This link cannot be read any more. Search again'],
    [`q=${seal.close('!')}`, 'Enter a name, an email address, a phone number or a reference']
  ]
  for (const [query, sentence] of cases) t.equal(refusal(query), sentence, query.slice(0, 60))
})

t.test('no address whatever makes reading one fail otherwise than with a sentence', async () => {
  const names = fc.constantFrom('status', 'role', 'district', 'need', 'question', 'attendance', 'sort', 'order', 'q')
  const values = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string(), { maxLength: 3 }), fc.constantFrom('yes', 'open', 'name'))
  fc.assert(fc.property(fc.dictionary(names, values), given => {
    const { success, error } = address.safeParse(given)
    return success || error.issues.every(({ message }) => /^[A-Z].*[a-z]$/.test(message))
  }), { numRuns: 500 })
})
