import type { PgBoss } from 'pg-boss'
import type { Config } from '../platform/config.ts'
import { connect } from '../platform/database/connect.ts'
import type { Db } from '../platform/database/connect.ts'
import { startEmbedded } from '../platform/database/embedded.ts'
import { openOutbox } from '../platform/outbox.ts'
import type { Outbox } from '../platform/outbox.ts'
import { openQueue } from '../platform/queue.ts'
import { secretKeyOf } from '../platform/secret-key.ts'
import { openedWith } from '../sealed-tables.ts'
import { subscriptions } from '../worker.ts'
import { log } from './terminal.ts'

/** One database, as whoever serves sees it and as its owner does: the same address where they are one. */
export interface Addresses { url: string, ownerUrl: string }

/** Runs on the server of DATABASE_URL, or on the embedded one, which is left as it was found, running or not. */
export async function onServer (
  { databaseUrl: url, migrateDatabaseUrl: ownerUrl = url, dataDir }: Config,
  run: (addresses: Addresses) => Promise<void>
): Promise<void> {
  if (url !== undefined && ownerUrl !== undefined) return await run({ url, ownerUrl })
  const postgres = await startEmbedded({ dataDir, log })
  try {
    await run({ url: postgres.serviceUrl, ownerUrl: postgres.url })
  } finally {
    await postgres.stop()
  }
}

/** Runs with a connection to that server, which ends when it is done. */
export async function onDatabase (config: Config, run: (db: Db, url: string) => Promise<void>): Promise<void> {
  await onServer(config, async ({ url }) => {
    const db = openedWith(connect(url, { connections: 2 }), await secretKeyOf(config))
    try {
      await run(db, url)
    } finally {
      await db.$disconnect()
    }
  })
}

/** For commands that announce facts, on which the service's worker acts. */
export async function withOutbox<T> (url: string, run: (outbox: Outbox, boss: PgBoss) => Promise<T>): Promise<T> {
  const boss = openQueue(url, { connections: 1, works: false })
  boss.on('error', () => {}) // Failures that matter reject.
  await boss.start()
  try {
    return await run(await openOutbox(boss, subscriptions), boss)
  } finally {
    await boss.stop({ graceful: false })
  }
}
