/**
 * Lets callers go on in the order in which they came, so many in each turn of the event loop: work that comes in
 * thousands then leaves room in between for what was begun before it, such as answers of the database. One who comes
 * alone goes on at once.
 */
export function inTurns (most: number): () => Promise<void> {
  let waiting: Array<() => void> = []
  let inThisTurn = 0

  return async () => {
    if (inThisTurn === 0) setImmediate(nextTurn)
    if (inThisTurn < most) inThisTurn++
    else await new Promise<void>(resolve => { waiting.push(resolve) })
  }

  function nextTurn (): void {
    const now = waiting.slice(0, most)
    waiting = waiting.slice(most)
    inThisTurn = now.length
    if (inThisTurn > 0) setImmediate(nextTurn)
    for (const goOn of now) goOn()
  }
}
