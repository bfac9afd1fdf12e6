import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyPluginAsync } from 'fastify'

/** How long a refused write counts: as long as people are asked to wait before they try again. */
const refusedForMs = 30_000

interface Parts {
  /** Whether the jobs of this process are come to; undefined: it works on none. */
  jobsAreProcessed?: (() => boolean) | undefined
  /** Milliseconds since the database last refused a write; undefined: not tracked. */
  sinceRefusedWrite?: () => number
}

/**
 * For machines. `live` means that the process answers; `ready` that it can do its work: the database wrote something
 * within a second, has refused nothing that people sent lately, and no worker is stuck. Neither says anything else
 * about the service; why it is not ready is in the log.
 */
export const health: FastifyPluginAsync<Parts> = async (
  app, { jobsAreProcessed = () => true, sinceRefusedWrite = () => Infinity }
) => {
  let said: string | undefined
  let asking: Promise<boolean | undefined> | undefined

  app.get('/health/live', { config: { quiet: true } }, async () => ({ status: 'live' }))

  app.get('/health/ready', { config: { quiet: true } }, async (_, reply) => {
    const reason = await whyNotReady()
    if (reason !== said && reason !== undefined) app.log.warn({ reason }, 'The service is not ready.')
    if (reason !== said && reason === undefined) app.log.info('The service is ready again.')
    said = reason
    return await reply.code(reason === undefined ? 200 : 503).send({ status: reason === undefined ? 'ready' : 'not ready' })
  })

  async function whyNotReady (): Promise<string | undefined> {
    // One query at a time: unanswered queries to a silent database must not take all the connections.
    asking ??= databaseWrites().finally(() => { asking = undefined })
    const writes = await Promise.race([asking, sleep(1000, undefined, { ref: false })])
    if (writes === undefined) return 'The database does not answer.'
    if (!writes || sinceRefusedWrite() < refusedForMs) return 'The database does not take anything.'
    return jobsAreProcessed() ? undefined : 'Jobs are not come to.'
  }

  /**
   * An empty message in the log from which PostgreSQL recovers is the least that is written and flushed as what
   * people send is. Undefined where it does not answer.
   */
  async function databaseWrites (): Promise<boolean | undefined> {
    try {
      const [found] = await app.db.$queryRaw<Array<{ writes: boolean }>>`
        SELECT CASE WHEN current_setting('transaction_read_only')::boolean THEN false
          ELSE pg_logical_emit_message(true, 'placekeeper', '') IS NOT NULL END AS writes`
      return found?.writes
    } catch {
      return undefined
    }
  }
}
