/** The places of one activity of which it is known whether they were taken, and those of them that were. */
export interface Recorded {
  recorded: number
  came: number
}

/** From so many activities on something can be said of the next. */
export const fewestActivities = 5

/** How sure an advice is: in 9 of 10 activities it holds. */
export const sureness = 0.9

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
  const known = activities.filter(({ recorded }) => recorded > 0)
  if (known.length < fewestActivities) return undefined
  const alike = [...Map.groupBy(known, ({ recorded, came }) => `${came} of ${recorded}`).values()]
  const guesses = shares.flatMap(share => correlations.map(correlation => {
    const size = 1 / correlation - 1
    const [alpha, beta] = [share * size, (1 - share) * size]
    const logWeight = alike.reduce((sum, some) => {
      const [{ recorded, came } = { recorded: 0, came: 0 }] = some
      return sum + some.length * logChance(recorded - came, recorded, alpha, beta)
    }, 0)
    return { share, alpha, beta, logWeight }
  }))
  const most = Math.max(...guesses.map(({ logWeight }) => logWeight))
  const weighed = guesses.map(({ logWeight, ...guess }) => ({ ...guess, weight: Math.exp(logWeight - most) }))
  const sum = weighed.reduce((sum, { weight }) => sum + weight, 0)
  return weighed.map(guess => ({ ...guess, weight: guess.weight / sum })).filter(({ weight }) => weight > 1e-9)
}

/**
 * Logarithm of the chance that `away` of `booked` stay away, but for the number of ways in which these can be chosen:
 * that is the same for every guess. A product of simple terms, where the textbook has beta functions.
 */
function logChance (away: number, booked: number, alpha: number, beta: number): number {
  let sum = 0
  for (let n = 0; n < away; n++) sum += Math.log(alpha + n)
  for (let n = 0; n < booked - away; n++) sum += Math.log(beta + n)
  for (let n = 0; n < booked; n++) sum -= Math.log(alpha + beta + n)
  return sum
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
  return experience.reduce((sum, { alpha, beta, weight }) => {
    // How many come, from nobody on: each chance follows from the one before.
    let chance = Math.exp(logChance(booked, booked, alpha, beta))
    let atMost = chance
    for (let came = 0; came < most; came++) {
      chance *= (booked - came) / (came + 1) * (beta + came) / (alpha + booked - came - 1)
      atMost += chance
    }
    return sum + weight * Math.min(1, atMost)
  }, 0)
}

/**
 * How many places more than there is room for can be offered, so that with a chance of 9 in 10 no more people come than
 * there is room, if all are booked. Never more than there is room for twice.
 */
export function extraPlaces (room: number, experience: Experience): number {
  let extra = 0
  while (extra < room && chanceOfAtMost(room, room + extra + 1, experience) >= sureness) extra++
  return extra
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
