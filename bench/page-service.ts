import { PgBoss } from 'pg-boss'
import { pino } from 'pino'
import { buildApp } from '../src/app.ts'
import { searchSeal } from '../src/booking/attendees/filter.ts'
import { certificateCodes } from '../src/booking/certificates/code.ts'
import { evaluationLinks } from '../src/booking/evaluations/link.ts'
import { bookingLinks, joinLinks } from '../src/booking/bookings/link.ts'
import { checkInCodes } from '../src/booking/check-in/code.ts'
import { systemClock } from '../src/platform/clock.ts'
import { loadConfig } from '../src/platform/config.ts'
import { connect } from '../src/platform/database/connect.ts'
import { openSnapshots } from '../src/platform/database/snapshots.ts'
import { openOutbox } from '../src/platform/outbox.ts'
import { secretKeyOf } from '../src/platform/secret-key.ts'
import { secondFactorSeal } from '../src/identity/second-factor/authenticator.ts'
import { outcomeLinks } from '../src/office/outcomes/link.ts'
import { entryLinks } from '../src/office/entries/links.ts'
import { signedIds } from '../src/platform/signed-id.ts'
import { joinLinkSeal } from '../src/programme/teams/seal.ts'
import { loadTemplates } from '../src/platform/templates.ts'

/** The web side as server.ts starts it, plus a route that answers with `size` characters of HTML. */

const config = loadConfig(process.env)
const db = connect(config.databaseUrl as string)
const boss = new PgBoss({ connectionString: config.databaseUrl as string, supervise: false, schedule: false })
await boss.start()
const secretKey = await secretKeyOf(config)

const app = await buildApp({
  ...config,
  db,
  outbox: await openOutbox(boss, []),
  clock: systemClock,
  links: bookingLinks(secretKey),
  joinLinks: joinLinks(secretKey),
  checkInCodes: checkInCodes(secretKey),
  evaluationLinks: evaluationLinks(secretKey),
  certificateCodes: certificateCodes(secretKey),
  copyLinks: signedIds('copy-link', secretKey),
  resourceLinks: signedIds('resource-request', secretKey),
  coHostLinks: signedIds('co-host', secretKey),
  outcomeLinks: outcomeLinks(signedIds('outcome', secretKey)),
  entryLinks: entryLinks(secretKey),
  seal: joinLinkSeal(secretKey),
  snapshots: openSnapshots(config.databaseUrl as string),
  searchSeal: searchSeal(secretKey),
  knownBrowsers: signedIds('known-browser', secretKey),
  secondFactor: { seal: secondFactorSeal(secretKey), isRequired: false },
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
