/** Fewer answers tell more about the few people who gave them than about a choice. */
const enough = 20

/** Of how many in ten a choice was, with the whole of its step; undefined where too few have answered. */
export function shareInWords (count: number, total: number): string | undefined {
  if (total < enough) return undefined
  const tenths = Math.round(count * 10 / total)
  if (tenths === 0) return 'Few people chose this.'
  return tenths === 10 ? 'Almost everyone chose this.' : `About ${tenths} in 10 people chose this.`
}

/** How often each choice of a step was made, by the fingerprint of the step and the number of the choice. */
export type Totals = ReadonlyMap<string, ReadonlyMap<number, number>>

/** The share of a choice in its step; undefined where there is nothing to compare, or too few have answered. */
export function shareOf (
  totals: Totals, fingerprint: string, choice: number, choices: number
): string | undefined {
  const counts = totals.get(fingerprint)
  if (counts === undefined || choices < 2) return undefined
  return shareInWords(counts.get(choice) ?? 0, [...counts.values()].reduce((sum, count) => sum + count, 0))
}
