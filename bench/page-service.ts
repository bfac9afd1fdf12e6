import { PgBoss } from 'pg-boss'
import { pino } from 'pino'
import { buildApp } from '../src/app.ts'
import { keyedPagesParts, keyedParts } from '../src/keyed-parts.ts'
import { systemClock } from '../src/platform/clock.ts'
import { loadConfig } from '../src/platform/config.ts'
import { connect } from '../src/platform/database/connect.ts'
import { openSnapshots } from '../src/platform/database/snapshots.ts'
import { openOutbox } from '../src/platform/outbox.ts'
import { openedWith } from '../src/sealed-tables.ts'
import { secretKeyOf } from '../src/platform/secret-key.ts'
import { loadTemplates } from '../src/platform/templates.ts'

/** The web side as server.ts starts it, plus a route that answers with `size` characters of HTML. */

const config = loadConfig(process.env)
const secretKey = await secretKeyOf(config)
const db = openedWith(connect(config.databaseUrl as string), secretKey)
const boss = new PgBoss({ connectionString: config.databaseUrl as string, supervise: false, schedule: false })
await boss.start()

const app = await buildApp({
  ...config,
  db,
  outbox: await openOutbox(boss, []),
  clock: systemClock,
  ...keyedParts(secretKey),
  snapshots: openSnapshots(config.databaseUrl as string),
  ...keyedPagesParts(secretKey, { isSecondFactorRequired: false }),
  templates: loadTemplates(),

  log: pino({ level: config.logLevel })
})
const fixed = new Map<number, string>()
app.get<{ Querystring: { size: string } }>('/fixed', async ({ query }, reply) => {
  const size = Number(query.size)
  if (!fixed.has(size)) fixed.set(size, 'x'.repeat(size))
  return await reply.type('text/html; charset=utf-8').send(fixed.get(size))
})
await app.listen({ host: config.host, port: config.port })

process.once('SIGTERM', async () => {
  await app.close()
  await boss.stop({ graceful: false })
  await db.$disconnect()
})
