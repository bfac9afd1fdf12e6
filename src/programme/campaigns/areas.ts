/** A part of a campaign with a name, such as “North”: some of its districts, each of them in one area at most. */
export interface Area {
  name: string
  districts: readonly string[]
}

/** The areas by their names, each with its districts in the campaign's order; a district that is gone is in none. */
export function areasOf (
  districts: readonly string[], rows: ReadonlyArray<{ district: string, area: string }>
): Area[] {
  const areaOf = new Map(rows.map(({ district, area }) => [district, area]))
  const named = districts.flatMap(district => {
    const name = areaOf.get(district)
    return name === undefined ? [] : [{ name, district }]
  })
  return [...Map.groupBy(named, ({ name }) => name)]
    .map(([name, of]) => ({ name, districts: of.map(({ district }) => district) }))
    .sort((one, other) => one.name.localeCompare(other.name, 'en-GB'))
}
