import type { FastifyInstance } from 'fastify'
import type { PgBoss } from 'pg-boss'
import type { Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { connect } from '../../src/platform/database/connect.ts'
import type { Db } from '../../src/platform/database/connect.ts'
import { timeouts } from '../../src/platform/database/pool.ts'
import type { Timeouts } from '../../src/platform/database/pool.ts'
import { openMailer } from '../../src/mail/emails/open-mailer.ts'
import { openOutbox } from '../../src/platform/outbox.ts'
import type { Outbox } from '../../src/platform/outbox.ts'
import { isProcessing, openQueue } from '../../src/platform/queue.ts'
import { openedWith } from '../../src/sealed-tables.ts'
import { startWorker, subscriptions } from '../../src/worker.ts'
import { aMailbox } from './mailbox.ts'
import type { Mailbox } from './mailbox.ts'
import { partsOf, signInSecrets } from './service.ts'
import { secretKey } from './world.ts'

/** As in the service, six times as fast. */
export const impatience: Timeouts = { ...timeouts, idleInTransactionMs: 1_700, statementMs: 2_000, answerMs: 2_500 }

export interface WholeService {
  app: FastifyInstance
  /** The service's own connections. */
  db: Db
  boss: PgBoss
  outbox: Outbox
  mailbox: Mailbox
  isReady: () => Promise<boolean>
}

/**
 * Web and worker on one database that the test may break, by the computer's clock and with a real mail server: the
 * parts of the service, but in the test's own process and with shorter timeouts.
 */
export async function wholeService (t: Test, url: string, timeouts = impatience): Promise<WholeService> {
  const mailbox = await aMailbox(t)
  const db = openedWith(connect(url, { timeouts }), secretKey)
  const boss = openQueue(url, { connections: 5, works: true, timeouts })
  boss.on('error', () => {}) // Each test breaks the database.
  await boss.start()
  const outbox = await openOutbox(boss, subscriptions)
  const mailer = openMailer({ smtpUrl: mailbox.url, dataDir: 'not used' })
  const parts = { ...partsOf({ db, outbox }), clock: systemClock, jobsAreProcessed: () => isProcessing(boss) }
  const app = await buildApp(parts)
  t.teardown(async () => {
    await app.close()
    await boss.stop({ graceful: false })
    await mailer.close()
    await db.$disconnect()
  })
  await startWorker({ ...parts, boss, emailContext: { ...parts, mailer, signInSecrets } })
  await app.ready()
  return { app, db, boss, outbox, mailbox, isReady: async () => (await app.inject('/health/ready')).statusCode === 200 }
}

/** Times of an activity in a week, by the computer's clock. */
export const inAWeek = {
  startsAt: new Date(Date.now() + 7 * 86_400_000), endsAt: new Date(Date.now() + 7 * 86_400_000 + 1_800_000)
}
