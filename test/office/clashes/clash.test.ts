import fc from 'fast-check'
import { DateTime } from 'luxon'
import t from 'tap'
import { clashesOf, overlapping } from '../../../src/office/clashes/clash.ts'
import type { Engagement } from '../../../src/office/clashes/clash.ts'
import { isOneVenue } from '../../../src/office/clashes/venue.ts'

const midnight = DateTime.fromISO('2027-03-16T00:00Z', { zone: 'utc' }) as DateTime<true>
const hall = { name: 'townhall', district: 'bolton', postcode: undefined }
const sam = { key: 'account a', name: 'Sam Carter' }

/** From one hour of the day to another. */
function at (from: number, to: number, given: Partial<Engagement> = {}): Engagement {
  return {
    id: `${from} to ${to}`,
    kind: 'stall',
    startsAt: midnight.plus({ hours: from }),
    endsAt: midnight.plus({ hours: to }),
    place: undefined,
    people: [],
    ...given
  }
}

function found (...engagements: Engagement[]) {
  return clashesOf(engagements)
    .map(({ one, other, isSameVenue, people }) => [one.id, other.id, isSameVenue, people.join()])
}

t.test('two at one venue or with the same people clash as long as they overlap', async t => {
  t.strictSame(found(at(10, 12, { place: hall }), at(9, 11, { place: hall })), [['9 to 11', '10 to 12', true, '']])
  t.strictSame(found(at(9, 17, { people: [sam] }), at(10, 11, { people: [sam] })), [['9 to 17', '10 to 11', false, 'Sam Carter']])
  t.strictSame(found(at(9, 11, { place: hall, people: [sam] }), at(10, 12, { place: hall, people: [sam] })),
    [['9 to 11', '10 to 12', true, 'Sam Carter']], 'once, for both reasons')
  t.strictSame(found(at(9, 11, { place: hall }), at(9, 11, { id: 'elsewhere', place: { ...hall, district: 'bury' } })), [])
  t.strictSame(found(at(9, 11), at(10, 12)), [], 'without a venue or a person there is nothing to share')
})

t.test('one right after the other is no clash', async t => {
  t.strictSame(found(at(9, 11, { place: hall, people: [sam] }), at(11, 12, { place: hall, people: [sam] })), [])
})

t.test('what lasts for days and what needs nobody there clash with nothing', async t => {
  const stall = at(9, 11, { place: hall, people: [sam] })

  t.strictSame(found(stall, at(-48, 72, { place: hall, people: [sam] })), [])
  for (const kind of ['advertising', 'social-media'] as const) t.strictSame(found(stall, at(9, 10, { kind, place: hall, people: [sam] })), [], kind)
  t.strictSame(found(stall, at(9, 10, { kind: 'press', people: [sam] })), [], 'a press release')
  t.equal(found(stall, at(9, 10, { kind: 'press', place: hall })).length, 1, 'a press conference')
  t.equal(found(stall, at(0, 24, { place: hall })).length, 1, 'a whole day')
})

const engagement = fc.record({
  from: fc.integer({ min: 0, max: 40 }),
  hours: fc.integer({ min: 1, max: 8 }),
  place: fc.option(fc.record({
    name: fc.constantFrom('hall', 'mill'), district: fc.option(fc.constantFrom('bolton', 'bury'), { nil: undefined }), postcode: fc.constant(undefined)
  }), { nil: undefined }),
  people: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 }),
  isOwn: fc.boolean()
})

t.test('a sweep finds the same as comparing each with each', async t => {
  fc.assert(fc.property(fc.array(engagement, { maxLength: 25 }), fc.boolean(), (drawn, isOfAll) => {
    const own = new Set(drawn.flatMap(({ isOwn }, n) => isOwn ? [String(n).padStart(2, '0')] : []))
    const isAsked = ({ id }: { id: string }) => isOfAll || own.has(id)
    const all = drawn.map(({ from, hours, place, people }, n) =>
      at(from, from + hours, { id: String(n).padStart(2, '0'), place, people: people.map(key => ({ key, name: key })) }))
    const each = all.flatMap((one, n) => all.slice(n + 1).flatMap(other => {
      const isAtOnce = one.startsAt < other.endsAt && other.startsAt < one.endsAt
      const isSameVenue = one.place !== undefined && other.place !== undefined && isOneVenue(one.place, other.place)
      const theirs = other.people.map(({ key }) => key)
      const people = one.people.map(({ key }) => key).filter(key => theirs.includes(key)).sort()
      return isAtOnce && (isAsked(one) || isAsked(other)) && (isSameVenue || people.length > 0) ? [[[one.id, other.id].sort().join(), isSameVenue, people.join()].join(' ')] : []
    }))
    const swept = clashesOf(all, isAsked).map(({ one, other, isSameVenue, people }) =>
      [[one.id, other.id].sort().join(), isSameVenue, [...people].sort().join()].join(' '))

    t.strictSame(swept.sort(), each.sort())
  }))
})

t.test('many that follow each other are compared with few', async t => {
  let asked = 0
  const spans = Array.from({ length: 4000 }, (_, n) => ({
    ...at(n, n + 1),
    get endsAt () {
      asked++
      return midnight.plus({ hours: n + 1 })
    }
  }))

  t.strictSame(overlapping(spans), [])
  t.ok(asked < 3 * spans.length, `${asked} comparisons`)
})
