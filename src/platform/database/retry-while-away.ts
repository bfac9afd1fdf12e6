import { setTimeout as sleep } from 'node:timers/promises'
import { isDatabaseAway } from './errors.ts'

const firstPauseMs = 250
const longestPauseMs = 2_000

/** As long as a job may take: anything that still waits then is taken away from its worker. */
const timeoutMs = 600_000

/**
 * Retries work that must not be dropped because the database is away, until it is back; after ten minutes it throws the
 * last error. Only for work that may be done twice: it may have succeeded without an answer.
 */
export async function retryWhileDatabaseAway<Result> (run: () => Promise<Result>): Promise<Result> {
  const begunAt = performance.now()
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await run()
    } catch (error) {
      if (!isDatabaseAway(error) || performance.now() - begunAt > timeoutMs) throw error
      await sleep(pauseMs, undefined, { ref: false })
    }
  }
}
