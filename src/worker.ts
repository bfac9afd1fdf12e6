import type { PgBoss } from 'pg-boss'
import type { Logger } from 'pino'
import type { Clock } from './clock.ts'
import type { Db } from './database/connect.ts'
import { DomainError } from './errors.ts'
import { sweepLetters } from './letters/commands.ts'
import { LetterInHand } from './letters/errors.ts'
import { writeLetter } from './letters/jobs.ts'
import type { LetterRoom } from './letters/jobs.ts'
import type { Fact, Facts, Outbox } from './outbox.ts'
import { serveWaitingList, sweepWaitingLists } from './waiting-list/commands.ts'

export interface WorkerParts {
  boss: PgBoss
  db: Db
  outbox: Outbox
  clock: Clock
  letterRoom: LetterRoom
  log: Pick<Logger, 'info' | 'error'>
}

/**
 * Starts acting on what was announced: one line per fact and schedule. Jobs run at least once, in any
 * number of processes; each handler says why that is safe. Ends with the queue: `boss.stop()` waits for
 * the jobs in hand.
 */
export async function startWorker ({ boss, db, outbox, clock, letterRoom, log }: WorkerParts): Promise<void> {
  await on('booking.confirmed', letter('booking.confirmed'))
  await on('waiting-list.joined', letter('waiting-list.joined'))
  await on('booking.requested-again', letter('booking.requested-again'))
  await on('booking.changed', letter('booking.changed'))
  await on('booking.cancelled', letter('booking.cancelled'))
  await on('booking-link.requested', letter('booking-link.requested'))
  await on('place.offered', letter('place.offered'))
  await on('place.called', letter('place.called'))
  await on('booking.lapsed', letter('booking.lapsed'))
  await on('place.freed', async ({ activityId }) => { await serveWaitingList(db, outbox, activityId, clock()) })

  await everyMinute('waiting-lists.swept', async () => { await sweepWaitingLists(db, outbox, clock()) })
  await everyMinute('letters.swept', async () => { await sweepLetters(db, outbox, clock()) })

  function letter<F extends Parameters<typeof writeLetter>[1]> (fact: F) {
    return async (due: Facts[F]) => { await writeLetter(letterRoom, fact, due) }
  }

  /** Up to a hundred jobs are fetched together and settled one by one: one that fails is retried alone. */
  async function on<F extends Fact> (fact: F, handle: (payload: Facts[F]) => Promise<void>): Promise<void> {
    const options = { batchSize: 100, pollingIntervalSeconds: 0.5, perJobResults: true } as const
    await boss.work<Facts[F]>(fact, options, async jobs => await Promise.all(jobs.map(async ({ id, data }) => {
      try {
        await handle(data)
        return { id, status: 'completed' as const }
      } catch (error) {
        // The world moved on: what the fact was about is gone, and no further try would find it.
        if (error instanceof DomainError) return { id, status: 'completed' as const }
        if (error instanceof LetterInHand) log.info({ fact, job: id }, 'Another worker has this letter in hand.')
        else log.error({ err: error, fact, job: id }, 'A job failed and will be tried again.')
        return { id, status: 'failed' as const, output: { type: (error as Error).name } }
      }
    })))
  }

  async function everyMinute (name: string, run: () => Promise<void>): Promise<void> {
    await boss.createQueue(name, { policy: 'stately', retryLimit: 0, deleteAfterSeconds: 3600 })
    await boss.schedule(name, '* * * * *')
    await boss.work(name, async () => {
      try {
        await run()
      } catch (error) {
        log.error({ err: error, schedule: name }, 'A sweep failed; the next one is due within a minute.')
        throw error
      }
    })
  }
}
