/**
 * The same function, which works out once what it is asked again and again. It keeps at most `most` results and then
 * begins anew. What it returns is shared: nobody may change it.
 */
export function memoised <Given extends ReadonlyArray<string | number>, Result extends object | string> (
  most: number, workOut: (...given: Given) => Result
): (...given: Given) => Result {
  const found = new Map<string, Result>()
  return (...given) => {
    const key = given.join(' ')
    const known = found.get(key)
    if (known !== undefined) return known
    if (found.size >= most) found.clear()
    const result = workOut(...given)
    found.set(key, result)
    return result
  }
}
