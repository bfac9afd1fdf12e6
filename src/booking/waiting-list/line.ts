/** Someone who waits. */
export interface Waiting {
  id: string
  places: number
}

/**
 * Returns who of `line`, in its order, can be served from `free` places. A party that does not fit is passed over and
 * keeps its turn: the places go to the next who fits rather than stand empty.
 */
export function whoFits <W extends Waiting> (free: number, line: readonly W[]): W[] {
  return line.filter(({ places }) => {
    if (places > free) return false
    free -= places
    return true
  })
}
