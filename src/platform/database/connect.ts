import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from './generated/client.ts'
import type { Prisma } from './generated/client.ts'
import { patience as usualPatience, poolOf } from './pool.ts'
import type { Patience } from './pool.ts'

export type Db = PrismaClient
/** Inside a transaction. */
export type Tx = Prisma.TransactionClient
/** Where it does not matter which: reading. */
export type Reader = Db | Tx

/**
 * Opens a pool of connections; nothing is asked of the server until the first query.
 *
 * Transactions may wait and run longer than Prisma's defaults (2 s, 5 s): a burst queues behind one
 * row lock, and a request that waited is better than one that failed. The pool gives up waiting before Prisma does.
 */
export function connect (
  url: string, { connections = 10, patience = usualPatience }: { connections?: number, patience?: Patience } = {}
): Db {
  return new PrismaClient({
    adapter: new PrismaPg(poolOf(url, { connections, patience })),
    transactionOptions: { maxWait: patience.connectMs + 5_000, timeout: patience.transactionMs }
  })
}
