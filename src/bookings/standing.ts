import type { WaitingListMode } from '../activities/activity.ts'

/** Further back, nobody counts: reading a line of 100,000 for each of its people would take all day. */
export const farthestCounted = 1000

/** Where somebody stands on a waiting list, 1 being next; as far as it is counted. */
export function lineInWords (position: number): string {
  const before = position - 1
  if (before === 0) return 'You are next in line.'
  if (before >= farthestCounted) return 'There are at least 1,000 bookings in line before yours.'
  return before === 1 ? 'There is 1 booking in line before yours.' : `There are ${before} bookings in line before yours.`
}

/** What happens when a place becomes free, for one who waits for `places`. */
export function whatComesNext (mode: WaitingListMode, places: number): string {
  if (mode === 'by-hand') return 'If places become free, the organisers decide who gets them, and they write to you.'
  const [become, are] = places === 1 ? ['a place becomes', 'it is'] : ['enough places become', 'they are']
  return `If ${become} free and it is your turn, ${are} yours and we write to you at once. You do not need to do anything.`
}

/**
 * Why places that are free have not gone to a party: it is larger than they are many. Undefined where
 * that is not so, and where organisers pick: there the line says nothing about who is next.
 */
export function passedOver (mode: WaitingListMode, free: number, places: number): string | undefined {
  if (mode === 'by-hand' || free <= 0 || places <= free) return undefined
  const [are, go] = free === 1 ? ['place is', 'It goes'] : ['places are', 'They go']
  return `${free} ${are} free, and you asked for ${places}. ` +
    `${go} to the next in line who needs no more than that, and you keep your turn. ` +
    'If you can come with fewer people, ask for fewer places.'
}
