import { createHash } from 'node:crypto'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import type { Test } from 'tap'
import type { Db } from '../../src/platform/database/connect.ts'
import { PrismaClient } from '../../src/platform/database/generated/client.ts'
import { poolOf } from '../../src/platform/database/pool.ts'
import { openedWith } from '../../src/sealed-tables.ts'
import { bySocket, notedServer } from './server.ts'
import { secretKey, unhurried } from './world.ts'
import type { World } from './world.ts'

/**
 * A test's database for one that asks for thousands of pages: it keeps the plan of each statement, which the service
 * does not, because not every pooler between it and its database can. Making the plans is half of what they cost.
 */
export async function preparing (t: Test, { url }: World): Promise<Db> {
  const pool = new pg.Pool(poolOf(bySocket(url, await notedServer()), { connections: 10, timeouts: unhurried }))
  const db = new PrismaClient({
    adapter: new PrismaPg(pool, {
      disposeExternalPool: true,
      statementNameGenerator: ({ sql }) => createHash('sha1').update(sql).digest('hex')
    }),
    transactionOptions: { maxWait: unhurried.connectMs, timeout: unhurried.transactionMs }
  })
  t.teardown(async () => { await db.$disconnect() })
  return openedWith(db, secretKey)
}
