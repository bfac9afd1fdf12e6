/** Counts of people below this are not published. */
export const fewest = 5
const most = fewest - 1

/**
 * What is published of a number of people: it is one of `low` to `high`. Sums and pictures take it for `about`, which
 * follows from what is published alone, so that no sum says more than its parts.
 */
export interface Figure {
  low: number
  high: number
  about: number
}

export function exactly (count: number): Figure {
  return { low: count, high: count, about: count }
}

/** What counts from 1 to 4 are published as. */
export const few: Figure = { low: 1, high: most, about: 2 }

export function isSmall (count: number): boolean {
  return count > 0 && count < fewest
}

export function isExact ({ low, high }: Figure): boolean {
  return low === high
}

/** The sum of what is published: whoever has the parts could have added them up. */
export function sumOf (figures: readonly Figure[]): Figure {
  const sum = (part: keyof Figure) => figures.reduce((sum, figure) => sum + figure[part], 0)
  return { low: sum('low'), high: sum('high'), about: sum('about') }
}

/** A figure as people read it: a number that stands there is never of fewer than 5 people, and none says 0 for some. */
export function figureInWords ({ low, high, about }: Figure): string {
  if (low === high) return low.toLocaleString('en-GB')
  if (low < fewest) return `fewer than ${(Math.floor(high / fewest) + 1) * fewest}`
  if (high - low < 10) return `${low} to ${high}`
  return `about ${Math.round(about).toLocaleString('en-GB')}`
}

/** A count among others whose sum is known. All that is said of it if it is hidden: it is one of `low` to `high`. */
export interface Hideable {
  count: number
  low: number
  high: number
  /** `small`: it must be hidden, and be free to be any of its range. `anyway`: it is hidden, and may be found out. */
  hide?: 'small' | 'anyway' | 'never' | undefined
}

/**
 * Which of some counts to hide so that their sum, and those that are shown, tell nothing more of a small one: it can
 * still be any number of its range. Those that have to be hidden with it are taken in their given order, never by how
 * large they are, because that would tell something of those that are left. Undefined: hiding all is not enough, or
 * leaves less than the margin to either side.
 */
export function hiddenOf (counts: readonly Hideable[], margin = 0): Set<number> | undefined {
  const places = [...counts.keys()]
  const hidden = new Set(places.filter(n => counts[n]?.hide === 'small' || counts[n]?.hide === 'anyway'))
  const others = places.filter(n => counts[n]?.hide === undefined)
  while (!areFree(counts.filter((_, n) => hidden.has(n)), margin)) {
    const next = others.shift()
    if (next === undefined) return undefined
    hidden.add(next)
  }
  return hidden
}

/** Whether each small one of some hidden counts can be any number of its range while their sum stays as it is. */
function areFree (counts: readonly Hideable[], margin = 0): boolean {
  const total = (part: 'low' | 'count' | 'high') => counts.reduce((sum, count) => sum + count[part], 0)
  const [low, sum, high] = [total('low'), total('count'), total('high')]
  return counts.filter(({ hide }) => hide === 'small')
    .every(small => low + small.high - small.low + margin <= sum && sum <= high - (small.high - small.low) - margin)
}

/** Whether the sum of counts from 1 to 4 can be known, and each can still be any of these: or there are none. */
export function leavesFree (smalls: readonly number[]): boolean {
  return areFree(smalls.map(count => ({ count, ...few, hide: 'small' })))
}

/**
 * Publishes the parts of a total that everyone knows. The small ones are hidden, and others with them until none can be
 * worked out; of each hidden one is said only whether it is small. Where that is too little to hide them, nothing is
 * said of any that is not 0, or of any at all.
 */
export function partsOf (counts: readonly number[]): Figure[] {
  const hidden = hiddenOf(counts.map((count): Hideable => {
    if (count === 0) return { count, low: 0, high: 0, hide: 'never' }
    return isSmall(count) ? { count, ...few, hide: 'small' } : { count, low: fewest, high: Infinity }
  }))
  return hidden === undefined ? unsaid(counts) : withHidden(counts, hidden)
}

function unsaid (counts: readonly number[]): Figure[] {
  const [sum, some] = [total(counts), counts.filter(count => count > 0).length]
  // Of people who are nearly all of another kind, which kinds there are would say how many are of each.
  if (sum - some <= 1) return counts.map(() => ({ low: 0, high: few.high, about: sum / counts.length }))
  return counts.map(count => count === 0 ? exactly(0) : { low: 1, high: sum - some + 1, about: sum / some })
}

function withHidden (counts: readonly number[], hidden: ReadonlySet<number>): Figure[] {
  const sum = total(counts.filter((_, n) => hidden.has(n)))
  const smalls = counts.filter(isSmall).length
  const larges = hidden.size - smalls
  return counts.map((count, n): Figure => {
    if (!hidden.has(n)) return exactly(count)
    if (isSmall(count)) return larges === 0 ? { ...few, about: sum / smalls } : few
    return {
      low: larges === 1 ? Math.max(fewest, sum - most * smalls) : fewest,
      high: sum - smalls - fewest * (larges - 1),
      about: (sum - few.about * smalls) / larges
    }
  })
}

/** Publishes a count that adds up to nothing else that is published. */
export function alone (count: number): Figure {
  return isSmall(count) ? few : exactly(count)
}

/** Publishes the sum of counts that are published alone: as it is only where that tells nothing more of a small one. */
export function sumOfAlone (counts: readonly number[]): Figure {
  return leavesFree(counts.filter(isSmall)) ? exactly(total(counts)) : sumOf(counts.map(alone))
}

function total (counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
