import type { Area } from '../campaigns/areas.ts'

/** Choices under the name of their area; what is in none stands before them, and after them where it came last. */
export function groupedBy<Item extends { value: string }> (areas: readonly Area[], items: readonly Item[]) {
  const areaOf = new Map(areas.flatMap(({ name, districts }) => districts.map(district => [district, name] as const)))
  const isIn = ({ value }: Item) => areaOf.has(value)
  const last = items.findLastIndex(isIn)
  if (last === -1) return [{ name: '', items }]
  const named = areas.map(({ name }) => ({ name, items: items.filter(({ value }) => areaOf.get(value) === name) }))
  return [
    { name: '', items: items.slice(0, last).filter(one => !isIn(one)) },
    ...named,
    { name: '', items: items.slice(last + 1) }
  ].filter(({ items }) => items.length > 0)
}
