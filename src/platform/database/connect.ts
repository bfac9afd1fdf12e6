import { PrismaPg } from '@prisma/adapter-pg'
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
  return new PrismaClient({
    adapter: new PrismaPg(poolOf(url, { connections, timeouts })),
    transactionOptions: { maxWait: timeouts.connectMs + 5_000, timeout: timeouts.transactionMs }
  })
}
