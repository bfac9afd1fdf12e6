import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { assertSecretKeyMatches } from './programme/activities/secret-key-matches.ts'
import { buildApp, buildWorkerApp } from './app.ts'
import { keyedPagesParts, keyedParts } from './keyed-parts.ts'
import { processBounce } from './mail/bounces/jobs.ts'
import { openMailbox } from './mail/bounces/mailbox.ts'
import { allThatIsSealed, assertAnswersOpen, openedWith, sealEverything } from './sealed-tables.ts'
import { systemClock } from './platform/clock.ts'
import { ConfigError, loadConfig } from './platform/config.ts'
import type { Config } from './platform/config.ts'
import { connect } from './platform/database/connect.ts'
import { openSnapshots } from './platform/database/snapshots.ts'
import { startEmbedded } from './platform/database/embedded.ts'
import { migrate } from './platform/database/migrate.ts'
import { mayChangeTrail, serviceRoleOf } from './platform/database/service-role.ts'
import { loadExampleProgramme } from './example-programme.ts'
import { forgetAgain } from './office/forgetting/commands.ts'
import { openTraces } from './office/forgetting/traces.ts'
import { keptEmailsOf } from './mail/emails/read-kept-email.ts'
import { openMailer } from './mail/emails/open-mailer.ts'
import { returnPaths } from './mail/emails/return-path.ts'
import { openLog, queueFaultLog } from './platform/log.ts'
import { openOutbox } from './platform/outbox.ts'
import { isProcessing, openQueue } from './platform/queue.ts'
import { secretKeyOf } from './platform/secret-key.ts'
import { createSignInLink } from './identity/sign-in/commands.ts'
import { graphMeetings } from './programme/teams/graph.ts'
import { graphReports } from './programme/teams/graph-reports.ts'
import { loadTemplates } from './platform/templates.ts'
import { clamd } from './platform/virus-scanner.ts'
import { openIdProvider } from './identity/work-account/openid.ts'
import { startWorker, subscriptions } from './worker.ts'

/** How long the container or the person waits after asking the service to stop. */
const timeoutMs = 9_000

/** TLS ends at a proxy, because it does not end here. */
const noProxyTrusted = 'PUBLIC_URL is https and TRUST_PROXY is not set: everyone who comes by your proxy counts as one address, ' +
  'and is soon told to try again later. Set TRUST_PROXY to the address of the proxy, or to uniquelocal.'

const servesAsOwner = 'The role of DATABASE_URL owns the tables, so anyone who takes over the service can change the audit trail, too. ' +
  'Give the service a role of its own: docs/run/upgrade.md says how.'

/** How much longer the embedded database gets when that time has run out; told to stop, it stops by itself. */
const lastTimeoutMs = 5_000

/** Undone in reverse order, each once: the last to start stops first. */
const started: Array<() => Promise<unknown>> = []

let isEnding = false
let isBrokenOff = false

try {
  await start(loadConfig(process.env))
} catch (error) {
  // Stopping during the start makes something fail: that is no news to the person who asked for it.
  if (!isEnding) {
    process.stderr.write(`${sentenceOf(error)}\n`)
    await stop()
    process.exit(1)
  }
}

async function start (config: Config): Promise<void> {
  const log = openLog(config)
  const starting = config.databaseUrl === undefined ? startEmbedded({ dataDir: config.dataDir, log }) : undefined
  started.push(async () => { await (await starting)?.stop() })
  stopOnSignals(log, async () => { await (await starting)?.stop() })

  const postgres = await starting
  const url = postgres?.serviceUrl ?? config.databaseUrl as string
  const ownerUrl = postgres?.url ?? url
  const applied = await migrate(ownerUrl, { log, serviceRole: serviceRoleOf(url, ownerUrl) })
  if (applied.length > 0) log.info({ applied }, 'The database was brought up to date.')
  if (await mayChangeTrail(url)) log.warn(servesAsOwner)

  const opened = await open(config, url, log)
  if (postgres !== undefined) await loadExampleProgramme(opened.parts.db, opened.parts.seal, systemClock())
  if (config.role !== 'web') await processJobs(config, opened, log)
  if (config.role === 'worker') await answerHealth(config, opened, log)
  else await servePages(config, opened, log)
  if (config.role !== 'worker' && postgres !== undefined) await greet(config, opened.parts)
}

/** Opens what the roles share: the database, the queue, the mailer. Throws if the secret key is another one. */
async function open (config: Config, url: string, log: Logger) {
  const secretKey = await secretKeyOf(config)
  const db = openedWith(connect(url), secretKey)
  started.push(async () => { await db.$disconnect() })
  const keyed = keyedParts(secretKey)
  await assertSecretKeyMatches(db, keyed.seal)
  await assertAnswersOpen(db, secretKey)
  // Before anything is shown about people whose erased details a restored backup has brought back.
  const traces = openTraces(config.dataDir, log)
  const again = await forgetAgain(db, traces, systemClock())
  if (again > 0) log.info({ again }, 'What a restored backup had brought back is deleted again.')
  const mailer = openMailer(config)
  started.push(async () => { await mailer.close() })
  const works = config.role !== 'web'
  const boss = openQueue(url, { connections: 5, works })
  boss.on('error', queueFaultLog(log))
  await boss.start()
  started.push(async () => { await boss.stop({ graceful: true, timeout: 6_000 }) })

  const parts = {
    db,
    outbox: await openOutbox(boss, subscriptions),
    clock: systemClock,
    ...keyed,
    snapshots: openSnapshots(url),
    templates: loadTemplates(),
    publicUrl: config.publicUrl,
    mailFrom: config.mailFrom
  }
  const jobsAreProcessed = works ? () => isProcessing(boss) : undefined
  return { parts, secretKey, boss, mailer, traces, jobsAreProcessed, returnPaths: returnPaths(secretKey) }
}

type Opened = Awaited<ReturnType<typeof open>>

/** What `ROLE=worker` and `all` do: jobs, and reading bounces. */
async function processJobs (
  config: Config, { parts, secretKey, boss, mailer, traces, returnPaths: { returnPathOf, emailIdIn } }: Opened,
  log: Logger
): Promise<void> {
  const { bounceAddress } = config
  const meetings = config.graph && graphMeetings({ access: config.graph, clock: systemClock, log })
  const bounceMailbox = config.bounceMailbox === undefined
    ? undefined
    : openMailbox(config.bounceMailbox, async mail => { await processBounce({ ...parts, emailIdIn }, mail) }, log)
  if (bounceMailbox !== undefined) started.push(bounceMailbox.close)
  const emailContext = {
    ...parts,
    mailer,
    strangersAnHour: config.strangersAnHour,
    returnPathOf: bounceAddress === undefined ? undefined : (id: string) => returnPathOf(id, bounceAddress)
  }
  await startWorker({
    ...parts,
    boss,
    log,
    meetings,
    bounceMailbox,
    traces,
    emailContext,
    sealed: allThatIsSealed(secretKey),
    sealEverything: async () => await sealEverything(parts.db, secretKey)
  })
}

/** What `ROLE=worker` answers on its port, if it has one. */
async function answerHealth (config: Config, { parts, jobsAreProcessed }: Opened, log: Logger): Promise<void> {
  if (config.workerPort === undefined) return
  const app = await buildWorkerApp({
    ...parts, log, jobsAreProcessed, metricsToken: config.metricsToken, dataDir: config.dataDir, tls: config.tls
  })
  started.push(async () => { await app.close() })
  await app.listen({ host: config.host, port: config.workerPort })
}

/** What `ROLE=web` and `all` do: pages, calendars and bounces that are posted. */
async function servePages (
  config: Config, { parts, secretKey, traces, jobsAreProcessed, returnPaths: { emailIdIn } }: Opened, log: Logger
): Promise<void> {
  if (config.publicUrl.startsWith('https:') && config.trustProxy === undefined) log.warn(noProxyTrusted)
  const app = await buildApp({
    ...parts,
    makesMeetings: config.graph !== undefined,
    reports: config.graph && graphReports({ access: config.graph, clock: systemClock, log }),
    readKeptEmail: keptEmailsOf(config),
    followErased: traces.follow,
    provider: config.openId && openIdProvider(config.openId, config.publicUrl),
    virusScanner: config.scannerAddress && clamd(config.scannerAddress),
    ...keyedPagesParts(secretKey, { isSecondFactorRequired: config.secondFactorRequired }),
    jobsAreProcessed,
    bounces: config.bouncesSecret === undefined ? undefined : { secret: config.bouncesSecret, emailIdIn },
    log,
    rateLimits: config.rateLimits,
    trustProxy: config.trustProxy,
    tls: config.tls,
    metricsToken: config.metricsToken,
    securityContact: config.securityContact,
    dataDir: config.dataDir
  })
  started.push(async () => { await app.close() })
  await app.listen({ host: config.host, port: config.port })
}

/**
 * Stops the service once it is asked to, and breaks off what does not end in time; then `stopDatabase` stops what looks
 * after its own data.
 */
function stopOnSignals (log: Logger, stopDatabase: () => Promise<void>): void {
  // Ctrl-C reaches this process from the terminal and once more from npm: the second must not cut the first short.
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (!isEnding) void end()
      isEnding = true
    })
  }

  async function end (): Promise<void> {
    log.info('Stopping.')
    setTimeout(() => { void giveUp() }, timeoutMs).unref()
    process.exit(await stop() && !isBrokenOff ? 0 : 1)
  }

  /** Some work does not end: its caller gets no answer, but the database is not left running. */
  async function giveUp (): Promise<void> {
    isBrokenOff = true
    log.warn('Something in hand did not end in time and is broken off.')
    await Promise.race([stopDatabase().catch(() => {}), delay(lastTimeoutMs)])
    process.exit(1)
  }
}

/** Stops everything, even if some of it fails to stop; returns whether all went well. */
async function stop (): Promise<boolean> {
  let isWell = true
  for (const undo of started.splice(0).reverse()) await undo().catch(() => { isWell = false })
  return isWell
}

/** Tells people who try the service on their own machine where to look. */
async function greet (
  { publicUrl }: Config, { db, clock }: Pick<Parameters<typeof startWorker>[0], 'db' | 'clock'>
): Promise<void> {
  const member = await db.staffMember.findFirst({ where: { role: 'admin', disabledAt: null } })
  // Standard output that is not a terminal is kept in logs, where a link to sign in must not stand.
  const link = member && process.stdout.isTTY && await createSignInLink(db, { email: member.email, publicUrl }, clock())
  process.stdout.write([
    '',
    'placekeeper is running.',
    `  The programme, as parents see it:  ${publicUrl}/`,
    member === null
      ? '  Staff: add yourself with  npm run placekeeper -- staff add EMAIL --name NAME --role admin'
      : `  Staff, to be opened once:          ${link || `npm run placekeeper -- staff link ${member.email}`}`,
    '  Stop it with Ctrl-C.',
    '', ''
  ].join('\n'))
}

/** The message for the person who started the service: what they can fix, without a stack. */
function sentenceOf (error: unknown): string {
  if (error instanceof ConfigError) return error.message
  const { code, message, port } = error as NodeJS.ErrnoException & { port?: number }
  if (code === 'EADDRINUSE') return `Port ${port} is in use: stop what listens there or set PORT to another.`
  return `The service could not start: ${message}`
}
