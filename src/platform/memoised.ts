/**
 * The same function of a value and a zone, which works out once what it is asked again and again. It keeps at most
 * `most` results and then begins anew. What it returns is shared: nobody may change it.
 */
export function memoised <Value extends string | number, Result extends object | string> (
  most: number, workOut: (value: Value, zone: string) => Result
): (value: Value, zone: string) => Result {
  const found = new Map<string, Result>()
  return (value, zone) => {
    const key = `${value} ${zone}`
    const known = found.get(key)
    if (known !== undefined) return known
    if (found.size >= most) found.clear()
    const result = workOut(value, zone)
    found.set(key, result)
    return result
  }
}
