import { isNear } from './small-numbers.ts'
import type { Figure } from './small-numbers.ts'

/** One bar: what all of it is, and its parts from left to right; undefined: nothing is said of one. */
export interface Bar {
  name: string
  whole: Figure
  parts: ReadonlyArray<Figure | undefined>
}

/** How long a bar is, and the parts of it; `unshown` is of parts that are not known. */
export interface DrawnBar {
  parts: number[]
  unshown: number
}

/**
 * How long bars are that stand among each other. A picture says no more than the numbers: a part is drawn only if it is
 * known to a tenth of its bar, and a bar only if it is known to a tenth of the longest.
 */
export function drawnBars (bars: readonly Bar[]): DrawnBar[] {
  const longest = Math.max(0, ...bars.map(({ whole }) => whole.low))
  return bars.map(({ whole, parts }) => {
    if (!isNear(whole, longest)) return { parts: parts.map(() => 0), unshown: 0 }
    const drawn = parts.map(part => part !== undefined && isNear(part, whole.about) ? part.about : 0)
    return { parts: drawn, unshown: Math.max(0, whole.about - drawn.reduce((sum, part) => sum + part, 0)) }
  })
}
