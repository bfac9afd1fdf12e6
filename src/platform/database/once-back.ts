import { setTimeout as sleep } from 'node:timers/promises'
import { isDatabaseAway } from './errors.ts'

const firstPauseMs = 250
const longestPauseMs = 2_000

/** As long as a job may take: whoever still waits then has it taken away. */
const patienceMs = 600_000

/**
 * Does what would be wrong to give up because the database is away, again and again until it is back; ten minutes at
 * most, then throws what it threw last. For what bears being done twice: it may have been done unheard.
 */
export async function onceBack<Result> (run: () => Promise<Result>): Promise<Result> {
  const begunAt = performance.now()
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await run()
    } catch (error) {
      if (!isDatabaseAway(error) || performance.now() - begunAt > patienceMs) throw error
      await sleep(pauseMs, undefined, { ref: false })
    }
  }
}
