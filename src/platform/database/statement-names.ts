/** Of statements that are not named yet so many are counted; then the counting begins anew. */
const mostCounted = 1000

/**
 * Names statements that are sent again and again: PostgreSQL parses and plans those once for each connection, and no
 * other, unnamed one. At most `most`, since each connection keeps what it has planned; each when it is sent for the
 * `often`th time, so that statements of many forms, such as lists of any length, use up no names.
 */
export function statementNames ({ most = 64, often = 50 } = {}): (text: string) => string | undefined {
  const names = new Map<string, string>()
  const counts = new Map<string, number>()
  return text => names.get(text) ?? (names.size < most && isOften(text) ? newName(text) : undefined)

  function isOften (text: string): boolean {
    const count = (counts.get(text) ?? 0) + 1
    if (counts.size >= mostCounted) counts.clear()
    counts.set(text, count)
    return count >= often
  }

  function newName (text: string): string {
    const name = `often_${names.size}`
    names.set(text, name)
    counts.delete(text)
    return name
  }
}
