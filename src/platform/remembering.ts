/**
 * The same function, which works out once what it is asked again and again; it keeps at most `most` results. What it
 * returns is shared: nobody may change it.
 */
export function remembering <Result> (
  most: number, workOut: (value: string, zone: string) => Result
): (value: string, zone: string) => Result {
  const found = new Map<string, { result: Result }>()
  return (value, zone) => {
    const key = `${zone} ${value}`
    const known = found.get(key)
    if (known !== undefined) return known.result
    if (found.size >= most) found.clear()
    const result = workOut(value, zone)
    found.set(key, { result })
    return result
  }
}
