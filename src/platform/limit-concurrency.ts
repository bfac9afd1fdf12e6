/**
 * Runs functions in the order given, at most `most` at once; those that wait have not begun. Whoever ends gives their
 * place to the next who waits, so that nobody who comes now is before them.
 */
export function limitConcurrency (most: number): <Result>(run: () => Promise<Result>) => Promise<Result> {
  const waiting: Array<() => void> = []
  let running = 0

  return async run => {
    if (running < most) running++
    else await new Promise<void>(resolve => { waiting.push(resolve) })
    try {
      return await run()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
