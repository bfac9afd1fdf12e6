import fc from 'fast-check'
import t from 'tap'
import { bookable } from '../../../src/programme/activities/supply.ts'
import {
  chanceOfAtMost, experienceOf, extraPlacesBy, overBookingFor, rangeInWords, shareInWords, shareOf
} from '../../../src/office/reports/no-shows.ts'
import type { Experience } from '../../../src/office/reports/no-shows.ts'
import { adviceOf } from '../../../src/office/reports/no-shows-page.ts'
import { noon } from '../../support/world.ts'

/** A random number that is the same each time. */
function dice (seed: number): () => number {
  let at = seed
  return () => {
    at = (at + 0x6D2B79F5) | 0
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** How many of `booked` stay away, as from an urn to which each ball that is drawn adds another of its kind. */
function drawn (random: () => number, booked: number, alpha: number, beta: number): number {
  let away = 0
  for (let n = 0; n < booked; n++) if (random() < (alpha + away) / (alpha + beta + n)) away++
  return away
}

function activities (random: () => number, many: number, share: number, correlation: number) {
  const size = 1 / correlation - 1
  return Array.from({ length: many }, () => {
    const recorded = 12 + Math.floor(random() * 16)
    return { recorded, came: recorded - drawn(random, recorded, share * size, (1 - share) * size) }
  })
}

t.test('under 5 activities of which it is known who came tell nothing', async t => {
  const one = { recorded: 20, came: 15 }
  t.equal(experienceOf([one, one, one, one, { recorded: 0, came: 0 }]), undefined)
  t.not(experienceOf([one, one, one, one, one]), undefined)
})

t.test('the share is found again, within its range, and with more activities the range narrows', async t => {
  const random = dice(7)
  const few = shareOf(experienceOf(activities(random, 6, 0.3, 0.05)) ?? [])
  const many = shareOf(experienceOf(activities(random, 150, 0.3, 0.05)) ?? [])

  t.ok(many.low <= 0.3 && many.high >= 0.3 && Math.abs(many.share - 0.3) < 0.03)
  t.ok(many.high - many.low < (few.high - few.low) / 2)
})

t.test('where activities differ, the range is wider and less is offered than chance alone would have it', async t => {
  const alike = Array.from({ length: 20 }, () => ({ recorded: 20, came: 14 }))
  const unlike = Array.from({ length: 20 }, (_, n) => ({ recorded: 20, came: n % 2 === 0 ? 19 : 9 }))
  const [one, other] = [experienceOf(alike) ?? [], experienceOf(unlike) ?? []]

  t.ok(shareOf(other).high - shareOf(other).low > 1.5 * (shareOf(one).high - shareOf(one).low))
  t.ok(extraPlacesBy(other)(20) < extraPlacesBy(one)(20))
})

t.test('chances are those of a simulation', async t => {
  const random = dice(11)
  for (const [alpha, beta, booked, most] of [[3, 7, 24, 20], [0.6, 1.4, 24, 20], [30, 70, 30, 20]] as const) {
    const experience: Experience = [{ share: alpha / (alpha + beta), alpha, beta, weight: 1 }]
    const runs = 20_000
    let held = 0
    for (let n = 0; n < runs; n++) if (booked - drawn(random, booked, alpha, beta) <= most) held++

    t.ok(Math.abs(chanceOfAtMost(most, booked, experience) - held / runs) < 0.015, `${alpha}, ${beta}: at most ${most} of ${booked}`)
  }
})

t.test('what is offered more holds in 9 of 10 activities like those that were seen', async t => {
  const random = dice(13)
  const experience = experienceOf(activities(random, 200, 0.25, 0.04)) ?? []
  const extra = extraPlacesBy(experience)(20)
  let held = 0
  for (let n = 0; n < 5000; n++) if (20 + extra - drawn(random, 20 + extra, 0.25 * 24, 0.75 * 24) <= 20) held++

  t.ok(extra >= 1)
  t.ok(held / 5000 >= 0.88, `${extra} more: ${held / 5000}`)
  t.ok(chanceOfAtMost(20, 20 + extra, experience) >= 0.9 && chanceOfAtMost(20, 21 + extra, experience) < 0.9)
})

t.test('chances rise with room and fall with bookings, and where everyone came nothing is offered more', async () => {
  const experience = experienceOf(activities(dice(17), 8, 0.2, 0.07)) ?? []
  fc.assert(fc.property(fc.nat(40), fc.nat(40), (most, booked) => {
    const chance = chanceOfAtMost(most, booked, experience)
    return chance <= 1 + 1e-9 && chance <= chanceOfAtMost(most + 1, booked, experience) + 1e-9 &&
      chance + 1e-9 >= chanceOfAtMost(most, booked + 1, experience)
  }))
  const everyone = experienceOf(Array.from({ length: 40 }, () => ({ recorded: 20, came: 20 }))) ?? []
  t.equal(extraPlacesBy(everyone)(20), 0)
})

/** With `alpha` 1, the chance that at least `away` stay away is a product of simple terms. */
function chanceOfAtLeast (away: number, booked: number, beta: number): number {
  let chance = 1
  for (let n = 1; n <= beta; n++) chance *= (booked - away + n) / (booked + n)
  return chance
}

t.test('chances in a large room are those of the formula, also where that nobody comes is less likely than any number', async t => {
  for (const [beta, booked] of [[1, 3300], [40, 3020], [40, 3300], [400, 3005], [400, 3300]] as const) {
    const chance = chanceOfAtMost(3000, booked, [{ share: 1 / (1 + beta), alpha: 1, beta, weight: 1 }])
    t.ok(Math.abs(chance - chanceOfAtLeast(booked - 3000, booked, beta)) < 1e-9, `${beta}: ${booked}`)
  }
})

t.test('for a large room as much is offered as by the formula, or a little less', async t => {
  for (const beta of [1, 2, 5, 20]) {
    let exact = 0
    while (chanceOfAtLeast(exact + 1, 3000 + exact + 1, beta) >= 0.9) exact++
    const extra = extraPlacesBy([{ share: 1 / (1 + beta), alpha: 1, beta, weight: 1 }])(3000)

    t.ok(extra <= exact && extra >= exact - 0.005 * 3000, `${beta}: ${extra} of ${exact}`)
  }
})

t.test('what was learnt of large activities is their share, and everything larger is taken in proportion', async t => {
  const of = (recorded: number) => experienceOf(Array.from({ length: 30 }, (_, n) =>
    ({ recorded, came: recorded * (n % 2 === 0 ? 0.7 : 0.8) }))) ?? []
  const [large, larger] = [of(3000), of(90_000)]

  t.ok(Math.abs(shareOf(large).share - 0.25) < 0.01)
  t.strictSame(larger, large)
  t.equal(extraPlacesBy(large)(100_000), 200 * extraPlacesBy(large)(500))
})

t.test('what is advised can be typed into the form, is never more than is safe, and once done is right', async t => {
  const experience = experienceOf(activities(dice(19), 30, 0.25, 0.04)) ?? []
  const learnt = extraPlacesBy(experience)
  const when = { startsAt: noon, endsAt: noon.plus({ hours: 1 }), allDay: false, zone: 'Europe/London' }
  const activity = { slug: 'evening', title: 'Evening', ...when }
  const [capacities, percents] = [fc.integer({ min: 1, max: 2000 }), fc.nat(100)]
  fc.assert(fc.property(capacities, percents, fc.option(percents), (capacity, now, percent) => {
    const safe = percent === null ? learnt(capacity) : Math.floor(capacity * percent / 100)
    const advised = overBookingFor(capacity, safe)
    const places = bookable({ capacity, overBookingPercent: advised })
    const said = adviceOf({ ...activity, capacity, overBookingPercent: now }, () => safe)
    const then = adviceOf({ ...activity, capacity, overBookingPercent: advised }, () => safe)
    return Number.isInteger(advised) && advised >= 0 && advised <= 100 && places <= capacity + safe &&
      (advised === 100 || bookable({ capacity, overBookingPercent: advised + 1 }) >= places) &&
      then.advice === `Its ${places} places are right.` &&
      (said.more === '' || said.more.startsWith(`Set over-booking to ${advised}%`))
  }), { numRuns: 1000 })
  t.equal(overBookingFor(20, 3), 15)
  t.equal(overBookingFor(300, 5), 1, '2% would be 6')
})

t.test('shares are said in plain words', async t => {
  for (const [share, words] of [
    [0, 'hardly anyone'], [0.05, '1 in 20'], [0.24, '1 in 4'], [0.34, '1 in 3'], [0.5, '1 in 2'], [0.99, 'nearly everyone']
  ] as const) {
    t.equal(shareInWords(share), words)
  }
  t.equal(rangeInWords({ low: 0.2, high: 0.34 }), 'from 1 in 5 to 1 in 3')
  t.equal(rangeInWords({ low: 0.24, high: 0.26 }), 'about 1 in 4')
})
