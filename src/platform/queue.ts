import { PgBoss } from 'pg-boss'
import type { Clock } from 'pg-boss'
import { poolOf } from './database/pool.ts'
import type { Patience } from './database/pool.ts'

/** A worker looks for jobs twice a second; one that has not come to it for so long is stuck. */
const stuckAfterMs = 60_000

/**
 * Says how time goes by, for whoever waits: evenly, whatever is done to the clock of the computer. pg-boss counts
 * how long to sleep from one reading to the next, and by the wall's clock would sleep for as long as that is put back.
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
  /** Whether this process works on jobs, and with others sees to jobs whose worker has died. */
  works: boolean
  patience?: Patience | undefined
}

/** The queue on the database of `url`; to be started. A database without its tables is refused, not changed. */
export function openQueue (url: string, { connections, works, patience }: QueueRequest): PgBoss {
  return new PgBoss({
    ...poolOf(url, { connections, patience }),
    clock: steadyClock,
    migrate: false,
    supervise: works,
    superviseIntervalSeconds: 10,
    monitorIntervalSeconds: 10,
    // How far the steady clock has come from the database's, after which schedules go.
    clockMonitorIntervalSeconds: 60,
    schedule: works
  })
}

/** Whether all workers of this process come to their queues: one in the middle of a job does. */
export function isMoving (boss: PgBoss, limitMs = stuckAfterMs): boolean {
  const now = steadyClock.now()
  return boss.getWipData().every(({ count, createdOn, lastFetchedOn }) =>
    count > 0 || now - (lastFetchedOn ?? createdOn) < limitMs)
}
