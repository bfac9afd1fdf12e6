import { exactly, few, fewest, hiddenOf, isExact, isSmall, partsOf } from './small-numbers.ts'
import type { Figure, Hideable } from './small-numbers.ts'

/** How many of some booked places were booked by people of one kind, and how many of those came. */
export interface CountedKind {
  value: string
  booked: number
  came: number
}

/** What is published of these. */
export interface PublishedKind {
  value: string
  booked: Figure
  came: Figure
}

/**
 * Publishes how people are divided, for readers who know how many booked. If they do not also know how many came, all
 * that is said of a kind is its share: the same for each.
 */
export function dividedOf (
  given: readonly CountedKind[], known: 'sums are known' | { share: number }
): PublishedKind[] {
  const kinds = notOneOfEach(given)
  const figures = partsOf(kinds.map(({ booked }) => booked))
  const came = known === 'sums are known' ? cameOf(kinds, figures) : undefined
  const share = known === 'sums are known' ? shareOf(kinds) : known.share
  return kinds.map(({ value }, n) => {
    const booked = figures[n] ?? exactly(0)
    return { value, booked, came: came?.[n] ?? { low: 0, high: booked.high, about: booked.about * share } }
  })
}

/**
 * People who are each of another kind, as one kind of which nothing is said: which kinds there are would say that one
 * person is of each.
 */
function notOneOfEach (kinds: readonly CountedKind[]): readonly CountedKind[] {
  if (kinds.length < 2 || kinds.some(({ booked }) => booked > 1)) return kinds
  const sum = (part: 'booked' | 'came') => kinds.reduce((sum, kind) => sum + kind[part], 0)
  return [{ value: '', booked: sum('booked'), came: sum('came') }]
}

function shareOf (kinds: readonly CountedKind[]): number {
  const sum = (part: 'came' | 'booked') => kinds.reduce((sum, kind) => sum + kind[part], 0)
  return sum('came') / Math.max(1, sum('booked'))
}

/** How many of each kind came, where their sum is known; undefined where that cannot be said of any. */
function cameOf (kinds: readonly CountedKind[], figures: readonly Figure[]): Figure[] | undefined {
  const cells = kinds.map((kind, n) => cellOf(kind, isExact(figures[n] ?? few)))
  // With a margin: that nothing is said at all would otherwise say which numbers could not be hidden.
  const hidden = hiddenOf(cells, 1)
  if (hidden === undefined) return undefined
  const places = [...hidden]
  const total = (part: 'low' | 'count' | 'high') => places.reduce((sum, n) => sum + (cells[n]?.[part] ?? 0), 0)
  // Of those who did not come, each small number is taken for 2, and of the others each kind has its share.
  const guesses = places.map(n => guessOf(cells[n], figures[n]))
  const left = total('count') - guesses.reduce((sum, { away }) => sum + away, 0)
  const weights = guesses.reduce((sum, { weight }) => sum + weight, 0)
  return kinds.map(({ booked, came }, n) => {
    const [cell, figure, guess] = [cells[n], figures[n], guesses[places.indexOf(n)]]
    if (cell === undefined || figure === undefined || guess === undefined) return exactly(came)
    const away = guess.away + left * (weights === 0 ? 1 / places.length : guess.weight / weights)
    if (cell.hide === 'anyway') return { low: 0, high: figure.high, about: Math.max(0, figure.about - away) }
    const low = Math.max(cell.low, total('count') - (total('high') - cell.high))
    const high = Math.min(cell.high, total('count') - (total('low') - cell.low))
    return { low: booked - high, high: booked - low, about: booked - away }
  })
}

/** How many of a kind did not come, with what may be said of that. */
function cellOf ({ booked, came }: CountedKind, isBookedKnown: boolean): Hideable {
  const count = booked - came
  if (!isBookedKnown) return { count, low: 0, high: booked, hide: 'anyway' }
  if (count === 0 || came === 0) return { count, low: count, high: count, hide: 'never' }
  // Of so few nothing may be said but that some came and some did not: which of them are fewer would say how many.
  if (booked < fewest + few.high) return { count, low: 1, high: booked - 1, hide: 'small' }
  if (isSmall(came)) return { count, low: booked - few.high, high: booked - few.low, hide: 'small' }
  if (isSmall(count)) return { count, low: few.low, high: few.high, hide: 'small' }
  // That it is neither small nor nothing can be told from how it is published.
  return { count, low: fewest, high: booked - fewest }
}

/** How many of a kind are taken to have stayed away, before what is left is shared out by weight. */
function guessOf (cell: Hideable | undefined, figure: Figure | undefined): { away: number, weight: number } {
  if (cell?.hide !== 'small') return { away: 0, weight: figure?.about ?? 0 }
  const { low, high } = cell
  if (high === few.high) return { away: few.about, weight: 0 }
  return { away: low === few.low ? high / 2 : high + few.low - few.about, weight: 0 }
}
