import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { PrismaClient } from './generated/client.ts'
import type { Prisma } from './generated/client.ts'
import { timeouts as usualPolicy, poolOf } from './pool.ts'
import type { Timeouts } from './pool.ts'

export type Db = PrismaClient
/** A client inside a transaction. */
export type Tx = Prisma.TransactionClient
/** A client for reading, in or outside a transaction. */
export type Reader = Db | Tx

/**
 * Opens a pool of connections; the server is not contacted before the first query.
 *
 * Transactions may wait and run longer than Prisma's defaults (2 s, 5 s): a burst queues behind one row lock, and a
 * slow request is better than a failed one. The pool gives up waiting before Prisma does.
 */
export function connect (
  url: string, { connections = 10, timeouts = usualPolicy }: { connections?: number, timeouts?: Timeouts } = {}
): Db {
  const pool = new pg.Pool(poolOf(url, { connections, timeouts }))
  pools.add(new WeakRef(pool))
  return new PrismaClient({
    adapter: new PrismaPg(pool, { disposeExternalPool: true }),
    transactionOptions: { maxWait: timeouts.connectMs + 5_000, timeout: timeouts.transactionMs }
  })
}

/** The pools of this process, for as long as somebody has them. */
const pools = new Set<WeakRef<pg.Pool>>()

/** How many requests of this process wait for a connection, over all its pools. */
export function countWaiting (): number {
  let waiting = 0
  for (const known of pools) {
    const pool = known.deref()
    if (pool === undefined || pool.ended) pools.delete(known)
    else waiting += pool.waitingCount
  }
  return waiting
}
