import { distance } from 'fastest-levenshtein'
import fc from 'fast-check'
import { DateTime } from 'luxon'
import t from 'tap'
import { ReportRefused } from '../../../src/office/attendance-reports/errors.ts'
import { matchesOf } from '../../../src/office/attendance-reports/matching.ts'
import type { Candidate } from '../../../src/office/attendance-reports/matching.ts'
import { comparedName, measured, nearEnough, nearness, partOnly } from '../../../src/office/attendance-reports/near-names.ts'
import { readReportFile } from '../../../src/office/attendance-reports/report-file.ts'
import type { ReportedJoin } from '../../../src/office/attendance-reports/report-file.ts'
import { asDownloaded, asResaved, layouts, rowsOf } from '../../support/teams-reports.ts'
import type { InReport } from '../../support/teams-reports.ts'

const presence = { from: 0, to: 1_800_000, seconds: 1800 }
const join = (name: string, more: Partial<ReportedJoin> = {}): ReportedJoin =>
  ({ name, address: undefined, role: 'attendee', presence, ...more })
const booking = (id: string, name: string, canonicalEmail?: string): Candidate =>
  ({ id, reference: id, name, canonicalEmail })
const near = (one: string, other: string) => nearness(measured(one), measured(other))
const found = async (joins: ReportedJoin[], bookings: Candidate[]) => (await matchesOf(joins, bookings))
  .map(({ joiner, found, near }) => [joiner.name, found === undefined ? near : `${found.bookingId} by ${found.by}`])

t.test('an address finds its booking first, in any case; then a name that nobody else has', async t => {
  const bookings = [booking('A', 'Anne Kirkbride', 'anne@example.org'), booking('B', 'Ben Bell', 'ben@example.org')]

  t.strictSame(await found([join('Sunshine', { address: 'Anne@Example.ORG' }), join('BEN  bell (Guest)')], bookings),
    [['Sunshine', 'A by address'], ['BEN  bell (Guest)', 'B by name']])
})

t.test('marks, capitals, apostrophes, hyphens and the order with a comma make no other name', async t => {
  const same: Array<[string, string]> = [
    ['Zoë Fell', 'zoe fell'], ['Łucja Żak', 'Lucja Zak (Unverified)'], ['O’Neil, Sky', 'Sky ONeil'],
    ['Mary-Jane Ash', 'mary jane ash (External) (Guest)'], ['محمد علي', 'محمد علي'], ['Kirkbride, Anne', 'Anne Kirkbride']
  ]
  for (const [one, other] of same) t.equal(comparedName(one), comparedName(other), one)
  t.not(comparedName('Ali Hassan'), comparedName('Hassan Ali'), 'which of its parts comes first is no spelling')
})

t.test('two people with one name are never found by it: a person tells', async t => {
  const bookings = [booking('A', 'John Smith', 'a@example.org'), booking('B', 'john smith', 'b@example.org')]

  t.strictSame(await found([join('John Smith')], bookings), [['John Smith', ['A', 'B']]])
  t.strictSame(await found([
    join('John Smith', { address: 'x@example.org' }), join('John Smith', { address: 'y@example.org' })
  ], bookings.slice(0, 1)), [['John Smith', ['A']], ['John Smith', ['A']]], 'nor are two addresses with one name')
})

t.test('all devices of one person are one person', async t => {
  const bookings = [booking('A', 'Anne Kirkbride', 'anne@example.org')]
  const later = { from: 1, to: 2, seconds: 0 }

  const [own, ...others] = await matchesOf([
    join('Anne Kirkbride', { address: 'anne@example.org' }),
    join('Anne’s phone', { address: 'ANNE@example.org', presence: later })
  ], bookings)
  t.strictSame(own?.joiner.presences, [presence, later])
  t.strictSame(others, [])
  t.strictSame(await found([join('Anne Kirkbride', { address: 'anne@example.org' }), join('anne kirkbride')], bookings),
    [['Anne Kirkbride', 'A by address'], ['anne kirkbride', 'A by name']], 'one of them signed in, and one not')
})

t.test('near names stand side by side, nearest first, whatever the order of their parts', async t => {
  const bookings = [
    booking('A', 'Anne Kirkbride'), booking('B', 'Ann Kirkbright'), booking('C', 'Hassan Ali'), booking('D', 'Bob Nixon')
  ]
  t.strictSame(await found([join('Ane Kirkbride')], bookings), [['Ane Kirkbride', ['A', 'B']]])
  t.strictSame(await found([join('Ali Hassan')], bookings), [['Ali Hassan', ['C']]])
  t.strictSame(await found([join('Chloe VanDyke')], [booking('A', 'Chloe Van Dyke')]), [['Chloe VanDyke', ['A']]])
  t.strictSame(await found([join('Anne K'), join('Bob')], bookings), [['Anne K', ['A']], ['Bob', ['D']]])
  t.strictSame(await found([join('iPad'), join('🙂')], [...bookings, booking('E', '🎈')]), [['iPad', []], ['🙂', []]])
})

t.test('who organises is left out, and who presents waits for a person; unless everyone presents', async t => {
  const bookings = [booking('A', 'Anne Kirkbride', 'anne@example.org'), booking('B', 'Ben Bell')]
  const organiser = join('Pat Smith', { role: 'organiser' })
  const anne = join('Anne Kirkbride', { role: 'presenter', address: 'anne@example.org' })
  const speaker = join('Dr Speaker', { role: 'presenter' })

  t.strictSame(await found([organiser, anne, speaker, join('Ben Bell')], bookings),
    [['Anne Kirkbride', ['A']], ['Ben Bell', 'B by name']])
  t.strictSame(await found([organiser, anne, speaker], bookings), [['Anne Kirkbride', 'A by address'], ['Dr Speaker', []]])
})

t.test('nobody is found whose address and name are not theirs alone', async () => {
  const names = fc.constantFrom('Anne Ash', 'anne ash', 'Ben Bell', 'Ash, Anne', 'Cy', 'Ánne Ash (Guest)')
  const addresses = fc.option(fc.constantFrom('a@example.org', 'b@example.org', 'c@example.org'), { nil: undefined })
  const person = fc.tuple(names, addresses)
  const bookings = fc.uniqueArray(person, { selector: ([, address]) => address ?? {}, maxLength: 4 })
  await fc.assert(fc.asyncProperty(fc.array(person, { maxLength: 5 }), bookings, async (joined, booked) => {
    const candidates = booked.map(([name, address], n) => booking(String(n), name, address))
    const joins = joined.map(([name, address]) => join(name, { address }))
    return (await matchesOf(joins, candidates)).every(({ joiner, found }) => {
      if (found?.by !== 'name') return true
      const namesakes = candidates.filter(({ name }) => comparedName(name) === comparedName(joiner.name))
      return namesakes.length === 1 && namesakes[0]?.id === found.bookingId
    })
  }))
})

t.test('nearness is the same both ways, and full for the same letters', async () => {
  const parts = fc.array(fc.constantFrom('anne', 'kirkbride', 'b', 'ali', 'zo'), { minLength: 1, maxLength: 3 })
  const name = parts.map(parts => parts.join(' '))
  fc.assert(fc.property(name, name, (one, other) =>
    near(one, other) === near(other, one) && near(one, one) === 1))
})

t.test('a report of more people than one page can show is refused before its names are compared', async t => {
  const joins = Array.from({ length: 1501 }, (_, n) => join(`Person ${n}`))

  await t.rejects(matchesOf(joins, []), new ReportRefused('too-many'))
  t.equal((await matchesOf(joins.slice(1), [])).length, 1500)
})

t.test('while names are compared others are answered: after each person', async t => {
  const joins = Array.from({ length: 40 }, (_, n) => join(`Person ${n}`))
  let answered = 0
  const answer = () => {
    answered++
    next = setImmediate(answer)
  }
  let next = setImmediate(answer)

  await matchesOf(joins, joins.map(({ name }) => booking(name, `${name} Kirkbride`)))
  clearImmediate(next)

  t.ok(answered >= 40, `${answered} others`)
})

t.test('what spares comparing most names changes no result', async () => {
  const part = fc.constantFrom('anne', 'ann', 'kirkbride', 'kirkbrides', 'b', 'ali', 'zo', 'fell', 'étage')
  const name = fc.array(part, { minLength: 1, maxLength: 4 }).map(parts => parts.join(' '))
  const likeness = (one: string, other: string) => 1 - distance(one, other) / Math.max(one.length, other.length)
  const names = fc.oneof(name, fc.stringMatching(/^[a-e]{1,8}( [a-e]{1,8})?$/))
  fc.assert(fc.property(names, names, (one, other) => {
    const [a, b] = [measured(one), measured(other)]
    const plain = Math.max(likeness(a.sorted, b.sorted), likeness(a.joined, b.joined))
    const near = nearness(a, b)
    return near === (plain < nearEnough ? 0 : plain) || (near === partOnly && plain < partOnly)
  }), { numRuns: 2000 })
})

t.test('a name that was there twice at once may be two people: a person tells; the same join in two reports is one', async t => {
  const bookings = [booking('A', 'John Smith', 'a@example.org')]
  const overlapping = { from: 600_000, to: 1_500_000, seconds: 900 }
  const after = { from: 1_800_000, to: 2_000_000, seconds: 200 }

  t.strictSame(await found([join('John Smith'), join('john smith (Guest)', { presence: overlapping })], bookings), [['John Smith', ['A']]])
  t.strictSame(await found([join('John Smith'), join('John Smith')], bookings), [['John Smith', 'A by name']])
  t.strictSame(await found([join('John Smith'), join('John Smith', { presence: after })], bookings), [['John Smith', 'A by name']])
  const signedIn = { address: 'A@example.org' }
  t.strictSame(await found([join('John Smith', signedIn), join('John', { ...signedIn, presence: overlapping })], bookings),
    [['John Smith', 'A by address']], 'one address is one person, on however many devices')
})

/** 300 people as they join: who is signed in, who types their name otherwise, whom nobody has booked. */
const kinds = ['by address', 'by name', 'came back', 'two devices', 'namesake', 'near', 'stranger'] as const
const people = Array.from({ length: 300 }, (_, n) => {
  const first = ['Anne', 'Bilal', 'Łucja', 'Mohammed', 'Zoë'][n % 5]
  const last = ['Kirkbride', 'O’Neil', 'Van Dyke', 'Achterberg'][n % 4]
  const ending = String.fromCharCode(97 + n % 26, 97 + n % 23)
  return { n, kind: kinds[n % 7], name: `${first} ${last}${ending}`, email: `p${n}@example.org` }
})

t.test('of 300 people in every layout each is found, or waits for a person, as expected', async t => {
  const startsAt = DateTime.fromISO('2026-12-01T18:00', { zone: 'Europe/London' })
  const event = { from: startsAt.toMillis(), to: startsAt.plus({ minutes: 30 }).toMillis(), zone: 'Europe/London' }
  const candidates = people.flatMap(({ n, kind, name, email }) => kind === 'stranger'
    ? []
    : kind === 'namesake' ? [booking(`${n}`, name), booking(`${n}-2`, name)] : [booking(`${n}`, name, email)])
  const reported = people.map(({ kind, name, email, n }): InReport => ({
    joins: kind === 'two devices' ? [[0, 15], [10, 28]] : kind === 'came back' ? [[0, 10], [12, 28]] : [[n % 15, 28]],
    ...kind === 'by address' && { email },
    name: { 'by address': `Device ${n}`, near: `${name}x`, stranger: `Qwzv ${n} Jjkx` }[kind as string] ?? `${name} (Guest)`
  }))
  for (const layout of layouts) {
    for (const bytes of [asDownloaded, asResaved]) {
      const file = bytes(rowsOf(layout, { people: reported, startsAt }))
      const matches = await matchesOf(readReportFile(file, event), candidates)
      const byName = new Map(matches.map(match => [match.joiner.name, match]))
      t.equal(matches.length, 300, `${layout}: each is one person`)
      const wrong = people.filter(({ n, kind }) => {
        const match = byName.get(reported[n]?.name ?? '')
        const hasAddresses = layout !== 'joins and leaves'
        // Where a report says only the first join and the last leave, nobody sees that two of them were at once.
        const isOne = kind === 'came back' || (kind === 'two devices' && layout === 'numbered blocks without joins')
        const isFound = kind === 'by name' || isOne || (kind === 'by address' && hasAddresses)
        if (isFound) return match?.found?.bookingId !== `${n}`
        if (match === undefined || match.found !== undefined) return true
        return kind === 'near' ? match.near[0] !== `${n}` : kind === 'namesake' && match.near.length < 2
      })
      t.strictSame(wrong, [], layout)
    }
  }
})
