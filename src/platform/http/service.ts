import fp from 'fastify-plugin'
import type { Clock } from '../clock.ts'
import type { Db } from '../database/connect.ts'
import type { Outbox } from '../outbox.ts'

export interface ServiceParts {
  db: Db
  outbox: Outbox
  clock: Clock
  /** The address that people see, without a trailing slash. */
  publicUrl: string
}

declare module 'fastify' {
  interface FastifyInstance extends ServiceParts {}
}

/** Gives every route the arguments of commands and queries: `app.db`, `app.outbox`, `app.clock()`, `app.publicUrl`. */
export const service = fp<ServiceParts>(async (app, parts) => {
  app.decorate('db', parts.db)
  app.decorate('outbox', parts.outbox)
  app.decorate('clock', parts.clock)
  app.decorate('publicUrl', parts.publicUrl)
}, { name: 'service' })
