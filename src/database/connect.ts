import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from './generated/client.ts'
import type { Prisma } from './generated/client.ts'

export type Db = PrismaClient
/** Inside a transaction. */
export type Tx = Prisma.TransactionClient
/** Where it does not matter which: reading. */
export type Reader = Db | Tx

/**
 * Opens a pool of connections; nothing is asked of the server until the first query.
 *
 * Transactions may wait and run longer than Prisma's defaults (2 s, 5 s): a burst queues behind one
 * row lock, and a request that waited is better than one that failed.
 */
export function connect (url: string, { connections = 10 }: { connections?: number } = {}): Db {
  return new PrismaClient({
    adapter: new PrismaPg({ connectionString: url, max: connections, connectionTimeoutMillis: 10_000 }),
    transactionOptions: { maxWait: 15_000, timeout: 20_000 }
  })
}
