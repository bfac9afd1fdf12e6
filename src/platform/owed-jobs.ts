import { fromPrisma } from 'pg-boss'
import type { PgBoss } from 'pg-boss'
import type { Db, Tx } from './database/connect.ts'

/** A job, by its id, with what it is about. */
interface Job { id: string, data: object }

/** Notes jobs that were just announced as owed for so many days, in the transaction of both. */
export async function oweJobs (tx: Tx, queue: string, jobs: readonly Job[], days: number): Promise<void> {
  const rows = JSON.stringify(jobs.map(({ id, data }) => ({ id, data })))
  await tx.$executeRaw`
    INSERT INTO owed_jobs (id, queue, data, owed_until)
    SELECT id, ${queue}, data, now() + make_interval(days => ${days}::int)
    FROM jsonb_to_recordset(${rows}::jsonb) AS job (id uuid, data jsonb)`
}

/** Notes that jobs are done; those that were not owed are passed over. */
export async function noteDone (db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await db.owedJob.deleteMany({ where: { id: { in: [...ids] } } })
}

/** Has another job do what is owed of one. */
export async function oweInstead (tx: Tx, id: string, otherId: string): Promise<void> {
  await tx.owedJob.updateMany({ where: { id }, data: { id: otherId } })
}

/**
 * Announces again what is owed and of which no job is left: it was deleted, or has failed too often. A job and what is
 * owed of it are written at once, and it is noted as done before it ends: what has no job is lost, however new it is.
 * What is lost after its days is let go.
 *
 * Returns how many were announced, and the queues of those let go. Twice at once is harmless, as is a job done twice.
 */
export async function sweepOwedJobs (db: Db, boss: PgBoss): Promise<{ again: number, letGo: string[] }> {
  return await db.$transaction(async tx => {
    const lost = await tx.$queryRaw<Array<{ id: string, isOver: boolean }>>`
      SELECT id, owed_until <= now() AS "isOver" FROM owed_jobs owed
      WHERE NOT EXISTS (
        SELECT FROM pgboss.job WHERE name = owed.queue AND id = owed.id AND state < 'completed')
      FOR UPDATE SKIP LOCKED`
    const over = lost.filter(({ isOver }) => isOver).map(({ id }) => id)
    const due = lost.filter(({ isOver }) => !isOver).map(({ id }) => id)
    if (due.length > 0) await announceAgain(tx, boss, due)
    const letGo = await tx.$queryRaw<Array<{ queue: string }>>`
      DELETE FROM owed_jobs WHERE id = ANY (${over}::uuid[]) RETURNING queue`
    return { again: due.length, letGo: letGo.map(({ queue }) => queue) }
  })
}

/** Each by a job of its own: where one failed, pg-boss has its id for a while. */
async function announceAgain (tx: Tx, boss: PgBoss, ids: readonly string[]): Promise<void> {
  const jobs = await tx.$queryRaw<Array<Job & { queue: string }>>`
    UPDATE owed_jobs SET id = gen_random_uuid() WHERE id = ANY (${ids}::uuid[]) RETURNING id, queue, data`
  for (const [queue, some] of Map.groupBy(jobs, ({ queue }) => queue)) {
    await boss.insert(queue, some.map(({ id, data }) => ({ id, data })), { db: fromPrisma(tx) })
  }
}
