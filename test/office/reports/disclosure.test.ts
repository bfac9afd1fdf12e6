import fc from 'fast-check'
import t from 'tap'
import { alone, isSmall } from '../../../src/office/reports/small-numbers.ts'
import { hasOwnNumber, outcomes, publishedOf } from '../../../src/office/reports/published.ts'
import type { CountedKind } from '../../../src/office/reports/divided.ts'
import type { CountedActivity, CountedBlock, Division, PublishedBlock } from '../../../src/office/reports/published.ts'
import { Guesses } from '../../support/guesses.ts'

/** Counts of people from 1 to 4 in a block that whoever reads everything published of it can work out. */
function workedOut (block: CountedBlock, published: PublishedBlock): string[] {
  const guesses = new Guesses()
  const of = (id: string) => outcomes.map(outcome => `${id} ${outcome}`)
  for (const { id } of block.activities) {
    const its = published.activities.get(id)
    if (its === undefined) throw new Error('An activity is not published.')
    guesses.know(of(id), its.booked)
    for (const outcome of outcomes) guesses.know([`${id} ${outcome}`], its[outcome])
  }
  const ids = block.activities.map(({ id }) => id)
  guesses.know(ids.flatMap(of), published.total.booked)
  for (const outcome of outcomes) guesses.know(ids.map(id => `${id} ${outcome}`), published.total[outcome])
  // Everyone knows which activities the divisions are of: those of which the number is shown.
  const core = block.activities.filter(hasOwnNumber).map(({ id }) => id)
  for (const [by, kinds] of published.divisions ?? []) {
    for (const { value, booked, came } of kinds) {
      guesses.know([`${by} ${value} came`, `${by} ${value} away`], booked)
      if (came !== undefined) guesses.know([`${by} ${value} came`], came)
    }
    guesses.same(kinds.map(({ value }) => `${by} ${value} came`), core.map(id => `${id} came`))
    const away = core.flatMap(id => [`${id} notRecorded`, `${id} didNotCome`])
    guesses.same(kinds.map(({ value }) => `${by} ${value} away`), away)
  }
  const sums: Array<[unknowns: string[], count: number]> = [
    ...block.activities.flatMap((activity): Array<[string[], number]> => {
      const { id, came, notRecorded, didNotCome } = activity
      return [
        ...outcomes.map((outcome): [string[], number] => [[`${id} ${outcome}`], activity[outcome]]),
        [of(id), came + notRecorded + didNotCome],
        [[`${id} notRecorded`, `${id} didNotCome`], notRecorded + didNotCome]
      ]
    }),
    ...outcomes.map((outcome): [string[], number] =>
      [ids.map(id => `${id} ${outcome}`), block.activities.reduce((sum, activity) => sum + activity[outcome], 0)]),
    ...published.divisions === undefined
      ? []
      : [...block.divisions].flatMap(([by, kinds]) => kinds.flatMap((kind): Array<[string[], number]> => {
          const [came, away] = [`${by} ${kind.value} came`, `${by} ${kind.value} away`]
          return [[[came], kind.came], [[away], kind.booked - kind.came], [[came, away], kind.booked]]
        }))
  ]
  return sums.filter(([, count]) => isSmall(count)).flatMap(([unknowns, count]) => {
    const [low, high] = guesses.rangeOf(unknowns)
    const what = `${unknowns.join(' + ')} is ${count}`
    if (low > count || high < count) throw new Error(`${what}, and published as ${low} to ${high}.`)
    return low === high ? [what] : []
  })
}

/** Each person of the activities whose number is shown, as one of some kinds. */
function divided (activities: readonly CountedActivity[], values: number, seed: number): CountedKind[] {
  const kinds = Array.from({ length: values }, (_, n) => ({ value: `v${n}`, booked: 0, came: 0 }))
  let at = seed
  for (const activity of activities.filter(hasOwnNumber)) {
    for (const outcome of outcomes) {
      for (let n = 0; n < activity[outcome]; n++) {
        at = (at * 1103515245 + 12345) % 2147483648
        // Most people are of the first kinds.
        const kind = kinds[Math.floor((at / 2147483648) ** 2 * values)]
        if (kind === undefined) throw new Error('There is no such kind.')
        kind.booked++
        if (outcome === 'came') kind.came++
      }
    }
  }
  return kinds
}

const someActivity = fc.record({
  came: fc.oneof(fc.nat(6), fc.nat(30)), notRecorded: fc.oneof(fc.constant(0), fc.nat(6)), didNotCome: fc.nat(9)
})

const someBlock = fc.record({
  activities: fc.array(someActivity, { minLength: 1, maxLength: 6 }),
  values: fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 })),
  seed: fc.nat(1_000_000)
}).map(({ activities, values, seed }): CountedBlock => {
  const some = activities.map((activity, n) => ({ id: `a${n}`, ...activity, waited: 0, walkIns: undefined }))
  return {
    activities: some,
    isOver: true,
    divisions: new Map<Division, CountedKind[]>([
      ['district', divided(some, values[0], seed)], ['role', divided(some, values[1], seed + 1)]
    ])
  }
})

const runs = { numRuns: Number(process.env['PROGRAMMES'] ?? 60) }

t.test('from everything that is published of random programmes nobody works out a count under 5', async () => {
  fc.assert(fc.property(someBlock, block => {
    const found = workedOut(block, publishedOf(block))
    if (found.length > 0) throw new Error(found.join(', '))
  }), runs)
})

t.test('of kinds that are not named, anything is thought possible', t => {
  const guesses = new Guesses()
  guesses.know(['v0 came'], { low: 5, high: 5 })

  t.strictSame(guesses.rangeOf(['v1 came']), [0, Infinity])
  t.end()
})

/** What hiding the small numbers alone would publish. */
function naive (block: CountedBlock): PublishedBlock {
  const published = publishedOf(block)
  const sum = (activity: CountedActivity) => outcomes.reduce((sum, outcome) => sum + activity[outcome], 0)
  const of = (activities: readonly CountedActivity[]) => ({
    booked: alone(activities.reduce((total, activity) => total + sum(activity), 0)),
    ...Object.fromEntries(outcomes.map(outcome =>
      [outcome, alone(activities.reduce((sum, activity) => sum + activity[outcome], 0))]))
  })
  return {
    activities: new Map([...published.activities].map(([id, its]) =>
      [id, { ...its, ...of(block.activities.filter(one => one.id === id)) }])),
    total: { ...published.total, ...of(block.activities) },
    divisions: new Map([...block.divisions].map(([by, kinds]) =>
      [by, kinds.map(({ value, booked, came }) => ({ value, booked: alone(booked), came: alone(came) }))]))
  }
}

t.test('and would, if small numbers were hidden and nothing else', async t => {
  const found = fc.check(fc.property(someBlock, block => workedOut(block, naive(block)).length === 0), runs)

  t.ok(found.failed)
})

/** For blocks that are published in the very same way: counts from 1 to 4 that are the same in all of them. */
class Alike {
  readonly #found = new Map<string, { first: number[], isSettled: boolean[] }>()

  add (known: unknown, counts: number[]): void {
    const key = JSON.stringify(known)
    const found = this.#found.get(key)
    if (found === undefined) this.#found.set(key, { first: counts, isSettled: counts.map(isSmall) })
    else for (const [n, count] of found.first.entries()) if (counts[n] !== count) found.isSettled[n] = false
  }

  get settled (): number[][] {
    return [...this.#found.values()].filter(({ isSettled }) => isSettled.includes(true)).map(({ first }) => first)
  }
}

/** All ways in which up to `most` people can have come or stayed away. */
function * ways (most: number): Generator<{ came: number, away: number }> {
  for (let came = 0; came <= most; came++) for (let away = 0; came + away <= most; away++) yield { came, away }
}

/** Every block of one or two activities of at most 9 people each, divided into two kinds in every way. */
function * everyBlock (): Generator<CountedBlock> {
  const activityOf = (id: string, { came, away }: { came: number, away: number }): CountedActivity =>
    ({ id, came, didNotCome: away, notRecorded: 0, waited: 0, walkIns: undefined })
  for (const first of ways(9)) {
    for (const second of [undefined, ...ways(9)]) {
      const activities = [activityOf('a', first), ...second === undefined ? [] : [activityOf('b', second)]]
      const core = activities.filter(hasOwnNumber)
      const came = core.reduce((sum, one) => sum + one.came, 0)
      const away = core.reduce((sum, one) => sum + one.didNotCome, 0)
      for (let c = 0; c <= came; c++) {
        for (let a = 0; a <= away; a++) {
          const [x, y] = [{ booked: c + a, came: c }, { booked: came + away - c - a, came: came - c }]
          const kinds = [{ value: 'x', ...x }, { value: 'y', ...y }]
          yield { activities, isOver: true, divisions: new Map([['role', kinds]]) }
        }
      }
    }
  }
}

t.test('nor does anyone who knows how this works: other numbers are published in the very same way', async t => {
  const alike = new Alike()
  for (const block of everyBlock()) {
    const { activities, total, divisions } = publishedOf(block)
    alike.add([[...activities], total, [...divisions ?? []]], [
      ...block.activities.flatMap(({ came, didNotCome }) => [came, didNotCome, came + didNotCome]),
      ...[...block.divisions.values()].flat().flatMap(({ booked, came }) => [booked, came, booked - came])
    ])
  }

  t.strictSame(alike.settled, [])
})

/** Every way in which so many people who booked can have come, not come, or not have been recorded. */
function * everyOutcome (booked: number): Generator<Record<typeof outcomes[number], number>> {
  for (const { came, away } of ways(booked)) yield { came, didNotCome: away, notRecorded: booked - came - away }
}

function * everyBlockOf ([booked, ...others]: readonly number[]): Generator<CountedActivity[]> {
  if (booked === undefined) return yield []
  for (const rest of everyBlockOf(others)) {
    for (const outcome of everyOutcome(booked)) {
      yield [{ id: `a${others.length}`, ...outcome, waited: 0, walkIns: undefined }, ...rest]
    }
  }
}

t.test('nor from the sums of three activities, or from which of these are said', async t => {
  for (const booked of [[9, 9, 9], [7, 8, 10]]) {
    const alike = new Alike()
    for (const activities of everyBlockOf(booked)) {
      const { activities: each, total } = publishedOf({ activities, isOver: true, divisions: new Map() })
      alike.add([[...each], total], activities.flatMap(({ came, didNotCome, notRecorded }) =>
        [came, didNotCome, notRecorded, didNotCome + notRecorded]))
    }
    t.strictSame(alike.settled, [], booked.join(', '))
  }
})

t.test('of some activities of which little is said, how many came is said of all together', async t => {
  const counted = [[8, 1, 2], [9, 1, 2], [10, 1, 2], [9, 2, 2], [8, 2, 1]] as const
  const activities = counted.map(([came, notRecorded, didNotCome], n) =>
    ({ id: `a${n}`, came, notRecorded, didNotCome, waited: 0, walkIns: undefined }))

  const { total } = publishedOf({ activities, isOver: true, divisions: new Map() })

  t.match(total, { booked: { low: 60, high: 60 }, came: { low: 44, high: 44 } })
  t.equal(total.notRecorded.about + total.didNotCome.about, 16)
})

t.test('nor of people who are each of another kind: which kinds there are is not said then', async t => {
  const [came, didNotCome] = [6, 0]
  const kinds = Array.from({ length: came }, (_, n) => ({ value: `v${n}`, booked: 1, came: 1 }))
  const { divisions } = publishedOf({
    activities: [{ id: 'a', came, didNotCome, notRecorded: 0, waited: 0, walkIns: undefined }],
    isOver: true,
    divisions: new Map([['district', kinds]])
  })

  const all = { low: 6, high: 6, about: 6 }
  t.strictSame(divisions?.get('district'), [{ value: '', booked: all, came: all }])
})

/** Every number of each kind that can have come. */
function * splits ([booked, ...others]: readonly number[]): Generator<number[]> {
  if (booked === undefined) return yield []
  for (const rest of splits(others)) for (let came = 0; came <= booked; came++) yield [came, ...rest]
}

t.test('nor from how many of each kind came, whatever is known of how many booked and of all', async () => {
  const booked = fc.oneof(
    fc.array(fc.integer({ min: 5, max: 30 }), { minLength: 2, maxLength: 2 }),
    fc.array(fc.integer({ min: 5, max: 14 }), { minLength: 3, maxLength: 3 }),
    fc.array(fc.integer({ min: 5, max: 9 }), { minLength: 4, maxLength: 4 }))
  fc.assert(fc.property(booked, booked => {
    const alike = new Alike()
    for (const split of splits(booked)) {
      const came = split.reduce((sum, one) => sum + one)
      const didNotCome = booked.reduce((sum, one) => sum + one) - came
      const published = publishedOf({
        activities: [{ id: 'a', came, didNotCome, notRecorded: 0, waited: 0, walkIns: undefined }],
        isOver: true,
        divisions: new Map([['role', booked.map((booked, n) => ({ value: `v${n}`, booked, came: split[n] ?? 0 }))]])
      })
      // Sums that are small are not known.
      if (isSmall(came) || isSmall(didNotCome)) continue
      alike.add([came, [...published.divisions ?? []]], split.flatMap((came, n) => [came, Number(booked[n]) - came]))
    }
    if (alike.settled.length > 0) throw new Error(JSON.stringify(alike.settled))
  }), { numRuns: Math.ceil(runs.numRuns / 3) })
})
