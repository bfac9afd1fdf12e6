/**
 * Lets callers go on in the order in which they came, so many in each turn of the event loop: work that comes in
 * thousands then leaves room in between for what was begun before it, such as answers of the database.
 */
export function inTurns (most: number): () => Promise<void> {
  let waiting: Array<() => void> = []

  return async () => {
    await new Promise<void>(resolve => { if (waiting.push(resolve) === 1) setImmediate(letOn) })
  }

  function letOn (): void {
    const now = waiting.slice(0, most)
    waiting = waiting.slice(most)
    for (const goOn of now) goOn()
    if (waiting.length > 0) setImmediate(letOn)
  }
}
