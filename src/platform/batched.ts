import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { isDatabaseAway } from './database/errors.ts'

interface Waiting<Item, Result> {
  item: Item
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

/**
 * Batches many calls into one round trip: items passed in the same turn, within `gatherMs` of the first or while an
 * earlier round is on its way go in one call to `run`, which returns a result per item in their order. Where a call
 * with several items fails, each is run alone, so that none fails because of another: `run` must be repeatable. Not
 * where the database is away: no item is to blame, and each would only wait for it once more.
 */
export function batched<Item, Result> (
  run: (items: readonly Item[]) => Promise<readonly Result[]>, { gatherMs = 0 } = {}
): (item: Item) => Promise<Result> {
  let waiting: Array<Waiting<Item, Result>> = []
  let isRunning = false

  return async item => await new Promise<Result>((resolve, reject) => {
    waiting.push({ item, resolve, reject })
    if (!isRunning) void runAll()
  })

  async function runAll (): Promise<void> {
    isRunning = true
    while (waiting.length > 0) {
      await (gatherMs === 0 ? nextTurn() : sleep(gatherMs))
      const round = waiting
      waiting = []
      await runRound(round)
    }
    isRunning = false
  }

  async function runRound (round: ReadonlyArray<Waiting<Item, Result>>): Promise<void> {
    try {
      const results = await run(round.map(({ item }) => item))
      round.forEach(({ resolve }, n) => { resolve(results[n] as Result) })
    } catch (error) {
      if (round.length === 1 || isDatabaseAway(error)) for (const { reject } of round) reject(error)
      else for (const one of round) await runRound([one])
    }
  }
}
