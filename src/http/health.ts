import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyPluginAsync } from 'fastify'

/**
 * For machines. `live` says that the process answers; `ready` that it can do its work: the database
 * answers within a second. Neither says anything else about the service.
 */
export const health: FastifyPluginAsync = async app => {
  app.get('/health/live', { config: { quiet: true } }, async () => ({ status: 'live' }))

  app.get('/health/ready', { config: { quiet: true } }, async (_, reply) => {
    const ready = await Promise.race([databaseAnswers(), sleep(1000, false, { ref: false })])
    return await reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'not ready' })
  })

  async function databaseAnswers (): Promise<boolean> {
    return await app.db.$queryRaw`SELECT 1`.then(() => true, () => false)
  }
}
