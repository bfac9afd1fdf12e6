import { bookable } from '../../programme/activities/supply.ts'

/** The places of one activity of which it is known whether they were taken, and those of them that were. */
export interface Recorded {
  recorded: number
  came: number
}

/** From so many activities on something can be said of the next. */
export const fewestActivities = 5

/** How sure an advice is: in 9 of 10 activities it holds. */
export const sureness = 0.9

/**
 * Of so many places at most is computed, and more are taken in proportion: that takes no longer than a page may, and is
 * a little more careful, because of more people the part that comes differs less by chance.
 */
const mostCounted = 500

/** One way in which people may stay away: the share of an activity has a beta distribution, from one to the next. */
interface Guess {
  /** Mean share of those who stay away. */
  share: number
  alpha: number
  beta: number
  /** How likely this guess is by what was seen. */
  weight: number
}

/** What is to be expected of people who book, from activities that are over. */
export type Experience = readonly Guess[]

/**
 * Every share, and how much activities differ: the intra-class correlation, from hardly at all to nearly as if all of
 * an activity decided together. A weak prior: the share may be any, and the correlation of any size.
 */
const shares = Array.from({ length: 99 }, (_, n) => (n + 1) / 100)
const correlations = [0.002, 0.005, 0.01, 0.02, 0.04, 0.07, 0.11, 0.16, 0.23, 0.32, 0.45]

/**
 * What activities that are over tell of the next; undefined: too few of them. Activities differ by more than chance
 * (the weather, the school, a football match), so each has a share of its own, and how far these lie apart is learnt
 * with the rest: beta-binomial, on a grid.
 */
export function experienceOf (activities: readonly Recorded[]): Experience | undefined {
  const known = activities.filter(({ recorded }) => recorded > 0).map(inProportion)
  if (known.length < fewestActivities) return undefined
  const alike = [...Map.groupBy(known, ({ recorded, came }) => `${came} of ${recorded}`).values()]
  const most = Math.max(...known.map(({ recorded }) => recorded))
  const mostOfEither = Math.max(...known.flatMap(({ recorded, came }) => [came, recorded - came]))
  const guesses = correlations.flatMap(correlation => {
    const size = 1 / correlation - 1
    const logBoth = logProducts(size, most)
    // The same for those who come, from the other end: logarithms are most of the time that this takes.
    const logOf = shares.map(share => logProducts(share * size, mostOfEither))
    return shares.map((share, n) => {
      const [logAlpha, logBeta] = [logOf[n] ?? [], logOf[shares.length - 1 - n] ?? []]
      // But for the number of ways in which those who stay away can be chosen: that is the same for every guess.
      const logWeight = alike.reduce((sum, some) => {
        const [{ recorded, came } = { recorded: 0, came: 0 }] = some
        const logChance = (logAlpha[recorded - came] ?? 0) + (logBeta[came] ?? 0) - (logBoth[recorded] ?? 0)
        return sum + some.length * logChance
      }, 0)
      return { share, alpha: share * size, beta: (1 - share) * size, logWeight }
    })
  })
  const largest = Math.max(...guesses.map(({ logWeight }) => logWeight))
  const weighed = guesses.map(({ logWeight, ...guess }) => ({ ...guess, weight: Math.exp(logWeight - largest) }))
  const sum = weighed.reduce((sum, { weight }) => sum + weight, 0)
  return weighed.map(guess => ({ ...guess, weight: guess.weight / sum })).filter(({ weight }) => weight > 1e-9)
}

function inProportion ({ recorded, came }: Recorded): Recorded {
  const counted = Math.min(recorded, mostCounted)
  return { recorded: counted, came: Math.round(came * counted / recorded) }
}

/** Logarithms of 1, `from`, `from * (from + 1)` and so on, up to `most` factors: the textbook has beta functions. */
function logProducts (from: number, most: number): number[] {
  let sum = 0
  return [0, ...Array.from({ length: most }, (_, n) => (sum += Math.log(from + n)))]
}

/** The share of those who stay away, with the range in which it lies with a chance of 9 in 10. */
export function shareOf (experience: Experience): { share: number, low: number, high: number } {
  const weightOf = new Map<number, number>()
  for (const { share, weight } of experience) weightOf.set(share, (weightOf.get(share) ?? 0) + weight)
  const quantile = (level: number) => {
    let sum = 0
    return shares.find(share => (sum += weightOf.get(share) ?? 0) >= level) ?? 1
  }
  const share = experience.reduce((sum, { share, weight }) => sum + share * weight, 0)
  return { share, low: quantile((1 - sureness) / 2), high: quantile((1 + sureness) / 2) }
}

/** The chance that at most `most` people come of those who have booked so many places. */
export function chanceOfAtMost (most: number, booked: number, experience: Experience): number {
  if (most >= booked) return 1
  return experience.reduce((sum, guess) => sum + guess.weight * chanceBy(guess, most, booked), 0)
}

/**
 * How many come, from nobody on: each chance follows from the one before. That nobody comes may be less likely than any
 * number that there is, so chances are relative to it, and made smaller before they get too large.
 */
function chanceBy ({ alpha, beta }: Guess, most: number, booked: number): number {
  const [tooLarge, smaller] = [1e200, 1e-200]
  let [chance, atMost, all] = [1, 0, 0]
  for (let came = 0; came <= booked; came++) {
    all += chance
    if (came === most) atMost = all
    chance *= (booked - came) / (came + 1) * (beta + came) / (alpha + booked - came - 1)
    if (all > tooLarge) [chance, atMost, all] = [chance * smaller, atMost * smaller, all * smaller]
  }
  return atMost / all
}

/**
 * For a room: how many places more than there is room for can be offered, so that with a chance of 9 in 10 no more
 * people come than there is room, if all are booked. Never more than there is room for twice.
 */
export function extraPlacesBy (experience: Experience): (room: number) => number {
  const known = new Map<number, number>()
  return room => {
    const counted = Math.min(room, mostCounted)
    const extra = known.get(counted) ?? largestExtra(counted, experience)
    known.set(counted, extra)
    return Math.floor(extra * room / counted)
  }
}

/** The chance falls with each place more. */
function largestExtra (room: number, experience: Experience): number {
  let [safe, tooMany] = [0, room + 1]
  while (tooMany - safe > 1) {
    const middle = Math.floor((safe + tooMany) / 2)
    if (chanceOfAtMost(room, room + middle, experience) >= sureness) safe = middle
    else tooMany = middle
  }
  return safe
}

/**
 * Over-booking by which as many of some extra places are offered as whole percentages can, and none more: the smallest
 * such.
 */
export function overBookingFor (capacity: number, extra: number): number {
  const largest = Math.min(100, Math.ceil(100 * (extra + 1) / capacity) - 1)
  return Math.ceil(100 * (bookable({ capacity, overBookingPercent: largest }) - capacity) / capacity)
}

/** Shares that people say. */
const said = [
  [1, 20], [1, 10], [1, 7], [1, 6], [1, 5], [1, 4], [1, 3], [2, 5], [1, 2], [3, 5], [2, 3], [3, 4], [4, 5], [9, 10],
  [19, 20]
] as const

/** A share as people say it: `1 in 4`. */
export function shareInWords (share: number): string {
  if (share < 0.03) return 'hardly anyone'
  if (share > 0.97) return 'nearly everyone'
  const far = ([of, all]: readonly [number, number]) => Math.abs(of / all - share)
  const [of, all] = said.reduce((best, one) => far(one) < far(best) ? one : best)
  return `${of} in ${all}`
}

/** A range of shares as people say it. */
export function rangeInWords ({ low, high }: { low: number, high: number }): string {
  const [least, most] = [shareInWords(low), shareInWords(high)]
  return least === most ? `about ${least}` : `from ${least} to ${most}`
}
