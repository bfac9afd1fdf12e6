import { randomUUID } from 'node:crypto'
import { fromPrisma } from 'pg-boss'
import type { PgBoss } from 'pg-boss'
import { retryWhileDatabaseAway } from '../platform/database/retry-while-away.ts'
import { isDatabaseAway } from '../platform/database/errors.ts'
import { DomainError } from '../platform/errors.ts'
import { daysOwedOf, queueOf } from '../platform/outbox.ts'
import { noteDone, oweInstead } from '../platform/owed-jobs.ts'
import type { Contexts, Ends, PutOff, Subscription } from './subscription.ts'

/** Gives what starts acting on the facts of a subscription. */
export function actingOn (boss: PgBoss, contexts: Contexts): (subscription: Subscription) => Promise<void> {
  const { db, log } = contexts
  return act

  /**
   * Up to a hundred jobs are fetched together and settled one by one: a failed one is retried alone. As long as batches
   * are full, the next is fetched without a pause. Work that failed because the database was away is done when it is
   * back: pg-boss could not even be told of the failure, and would give the job to the next worker a minute later.
   */
  async function act (subscription: Subscription): Promise<void> {
    const { handle, localConcurrency } = subscription
    const queue = queueOf(subscription)
    const isOwed = daysOwedOf(subscription) !== undefined
    const options = {
      batchSize: 100,
      burstWhenBatchFull: true,
      pollingIntervalSeconds: 0.5,
      perJobResults: true,
      localConcurrency
    } as const
    await boss.work<never, unknown, typeof options>(queue, options, async jobs => {
      // Few are put off: to read the priority of every job that is fetched would cost more.
      const putOff: PutOff = async (data, seconds) => {
        const of = jobs.find(job => job.data === data)
        const [{ priority = 0 } = {}] = of === undefined ? [] : await boss.findJobs(queue, { id: of.id })
        const id = randomUUID()
        await db.$transaction(async tx => {
          await boss.insert(queue, [{ id, data, startAfter: seconds, priority }], { db: fromPrisma(tx) })
          if (isOwed && of !== undefined) await oweInstead(tx, of.id, id)
        })
      }
      const payloads = jobs.map(({ data }) => data)
      const ends = await retryAfterOutage(payloads, async left => await handle(contexts, left, putOff))
      const all = jobs.map(({ id }, n) => settled(queue, id, ends[n]))
      const done = all.filter(({ status }) => status === 'completed').map(({ id }) => id)
      if (isOwed) await retryWhileDatabaseAway(async () => { await noteDone(db, done) })
      return all
    })
  }

  function settled (queue: string, id: string, end: PromiseSettledResult<void> | undefined) {
    const error: unknown = end?.status === 'rejected' ? end.reason : undefined
    // The world moved on: the subject of the fact is gone, and no further try would find it.
    if (error === undefined || error instanceof DomainError) return { id, status: 'completed' as const }
    log.error({ err: error, fact: queue, job: id }, 'A job failed and will be tried again.')
    return { id, status: 'failed' as const, output: { type: (error as Error).name } }
  }
}

/** Handles the payloads of a fact, and again those that failed because the database was away, once it is back. */
async function retryAfterOutage<Payload> (
  payloads: readonly Payload[], handle: (payloads: Payload[]) => Promise<Ends>
): Promise<Ends> {
  const ends: Ends = []
  let left = payloads.map((payload, n) => ({ payload, n }))
  const [outcome] = await Promise.allSettled([retryWhileDatabaseAway(async () => {
    const found = await handle(left.map(({ payload }) => payload))
    left.forEach(({ n }, i) => { ends[n] = found[i] as PromiseSettledResult<void> })
    left = left.filter(({ n }) => isAway(ends[n]))
    if (left[0] !== undefined) throw (ends[left[0].n] as PromiseRejectedResult).reason
  })])
  if (outcome.status === 'rejected') for (const { n } of left) ends[n] = outcome
  return ends
}

function isAway (end: PromiseSettledResult<void> | undefined): boolean {
  return end?.status === 'rejected' && isDatabaseAway(end.reason)
}
