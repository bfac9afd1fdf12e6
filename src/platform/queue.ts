import { PgBoss } from 'pg-boss'
import type { Clock } from 'pg-boss'
import { poolOf } from './database/pool.ts'
import type { Timeouts } from './database/pool.ts'

/** A worker looks for jobs twice a second; if it has not done so for this long, it is stuck. */
const stuckAfterMs = 60_000

/**
 * A clock that advances evenly, whatever is done to the computer's clock. pg-boss computes how long to sleep from one
 * reading to the next, and with the wall clock would sleep for as long as that is put back.
 */
const steadyClock: Clock = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: timer => { clearTimeout(timer as NodeJS.Timeout) },
  setInterval: (run, ms) => setInterval(run, ms),
  clearInterval: timer => { clearInterval(timer as NodeJS.Timeout) }
}

export interface QueueRequest {
  connections: number
  /** Whether this process works on jobs and, like the others, handles jobs whose worker has died. */
  works: boolean
  timeouts?: Timeouts | undefined
}

/**
 * Returns the queue on the database of `url`; the caller starts it. A database without its tables is refused, not
 * changed.
 */
export function openQueue (url: string, { connections, works, timeouts }: QueueRequest): PgBoss {
  return new PgBoss({
    ...poolOf(url, { connections, timeouts }),
    clock: steadyClock,
    migrate: false,
    supervise: works,
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
    // How often the steady clock's distance from the database's clock, which schedules follow, is measured.
    clockMonitorIntervalSeconds: 60,
    schedule: works
  })
}

/** True if every worker of this process looks for jobs in time, or is in the middle of one. */
export function isProcessing (boss: PgBoss, limitMs = stuckAfterMs): boolean {
  const now = steadyClock.now()
  return boss.getWipData().every(({ count, createdOn, lastFetchedOn }) =>
    count > 0 || now - (lastFetchedOn ?? createdOn) < limitMs)
}
