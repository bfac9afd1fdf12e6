import { exactly, few, fewest, hiddenOf, isExact, isSmall, partsOf, shared } from './small-numbers.ts'
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
  /** Undefined: nothing is said of it but that those who came had booked. */
  came: Figure | undefined
}

/**
 * Publishes how people are divided, for readers who know how many booked. If they do not also know how many came,
 * nothing is said of how many of a kind did.
 */
export function dividedOf (given: readonly CountedKind[], areSumsKnown: boolean): PublishedKind[] {
  const kinds = notOneOfEach(given)
  const figures = partsOf(kinds.map(({ booked }) => booked))
  const came = areSumsKnown ? cameOf(kinds, figures) : []
  return kinds.map(({ value }, n) => ({ value, booked: figures[n] ?? exactly(0), came: came[n] }))
}

/** What is known of those who came of a kind of whom nothing is said. */
export function cameOfBooked ({ high, about }: Figure): Figure {
  return { low: 0, high, about: Math.floor(about / 2) }
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

/** How many of each kind came, where their sum is known; undefined where nothing is said of it. */
function cameOf (kinds: readonly CountedKind[], figures: readonly Figure[]): Array<Figure | undefined> {
  const cells = kinds.map((kind, n) => cellOf(kind, isExact(figures[n] ?? few)))
  // With a margin: that nothing is said at all would otherwise say which numbers could not be hidden.
  const hidden = hiddenOf(cells, 1)
  if (hidden === undefined) return []
  const places = [...hidden]
  const total = (part: 'low' | 'count' | 'high') => places.reduce((sum, n) => sum + (cells[n]?.[part] ?? 0), 0)
  // Of those who did not come, each small number is taken for 2, and of the others each kind has its share.
  const guesses = places.map(n => guessOf(cells[n], figures[n]))
  const left = total('count') - guesses.reduce((sum, { away }) => sum + away, 0)
  const areWeighed = guesses.some(({ weight }) => weight > 0)
  const shares = shared(left, guesses.map(({ weight }) => areWeighed ? weight : 1))
  return kinds.map(({ booked, came }, n) => {
    const [cell, guess] = [cells[n], guesses[places.indexOf(n)]]
    if (cell === undefined || guess === undefined) return exactly(came)
    if (cell.hide === 'anyway') return undefined
    const away = guess.away + (shares[places.indexOf(n)] ?? 0)
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
  return { away: low === few.low ? Math.floor(high / 2) : high + few.low - few.about, weight: 0 }
}
