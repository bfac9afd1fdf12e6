/** A line with its name, and what may tell it from another of the same name; the last is never that of another. */
interface Named {
  name: string
  more: string
  hints: readonly string[]
}

/**
 * Lines of which no two read the same: to those that would is added what tells all of them apart, the first of their
 * hints that can.
 */
export function toldApart<Line extends Named> (lines: readonly Line[]): Line[] {
  const alike = Map.groupBy(lines, ({ name, more }) => JSON.stringify([name, more]))
  return lines.map(line => {
    const some = alike.get(JSON.stringify([line.name, line.more])) ?? []
    if (some.length < 2) return line
    const which = line.hints.findIndex((_, n) => new Set(some.map(({ hints }) => hints[n])).size === some.length)
    const hint = line.hints[which] ?? line.hints.at(-1) ?? ''
    return { ...line, more: [line.more, hint].filter(text => text !== '').join(', ') }
  })
}
