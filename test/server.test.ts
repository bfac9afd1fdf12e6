import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { simpleParser } from 'mailparser'
import pg from 'pg'
import t from 'tap'
import { systemClock } from '../src/platform/clock.ts'
import { loadConfig } from '../src/platform/config.ts'
import { joinLinkSeal } from '../src/programme/teams/seal.ts'
import { counted } from './support/counted.ts'
import { onDatabase } from './support/server.ts'
import { expectSound } from './support/sound.ts'
import { temporaryFolder } from './support/temporary-folder.ts'
import { anActivity, world } from './support/world.ts'
import { aMailbox } from './support/mailbox.ts'
import { eventually, freePort, postBooking, runService } from './support/running-service.ts'
import type { RunningService } from './support/running-service.ts'

const inAWeek = {
  startsAt: new Date(Date.now() + 7 * 86_400_000), endsAt: new Date(Date.now() + 7 * 86_400_000 + 1_800_000)
}

/** The recipient of each email in the folder, once per email. */
async function recipients (dataDir: string): Promise<string[]> {
  const files = await readdir(join(dataDir, 'mail')).catch(() => [])
  return await Promise.all(files.filter(file => file.endsWith('.eml')).map(async file => {
    const { to } = await simpleParser(await readFile(join(dataDir, 'mail', file)))
    return (Array.isArray(to) ? to[0] : to)?.value[0]?.address ?? ''
  }))
}

// These tests wait more than they compute.
t.jobs = 3

t.test('killed in the middle of 500 bookings, each that was answered is there with its email, once', async t => {
  const { db, url: DATABASE_URL } = await world(t)
  const { id, slug } = await anActivity(db, { ...inAWeek, capacity: 200 })
  const environment = { DATABASE_URL, DATA_DIR: temporaryFolder(t), PORT: String(await freePort()), LOG_LEVEL: 'warn' }
  const first = await runService(t, environment)
  const answered: string[] = []
  let killed: Promise<unknown> | undefined

  await Promise.all(Array.from({ length: 20 }, async () => {
    while (killed === undefined) {
      const email = `${randomUUID()}@example.org`
      if (await postBooking(first.url, slug, { email }).catch(() => 0) === 303) answered.push(email)
      if (answered.length >= 250) killed ??= first.end('SIGKILL')
    }
  }))
  t.equal(await killed, 'SIGKILL')
  await runService(t, environment)
  const left = 500 - answered.length
  for (let n = 0; n < left; n += 25) {
    await Promise.all(Array.from({ length: Math.min(25, left - n) }, async () => {
      const email = `${randomUUID()}@example.org`
      if (await postBooking(first.url, slug, { email }) === 303) answered.push(email)
    }))
  }

  const booked = (await db.booking.findMany({ where: { activityId: id } })).map(({ email }) => email ?? '')
  t.equal(answered.length, 500)
  counted(t, 'The service is killed in a burst', { answered, found: booked })
  t.equal(await db.booking.count({ where: { activityId: id, status: 'confirmed' } }), 200, 'none oversold')
  await eventually(async () => await db.email.count({ where: { status: 'sent' } }) === booked.length, { seconds: 240 })
  t.strictSame((await recipients(environment.DATA_DIR)).sort(), booked.sort(), 'one email for each')
  await expectSound(db, { now: systemClock() })
})

t.test('booked on two processes while there is no mail server, all get their email when it is back, once',
  async t => {
    const { db, url: DATABASE_URL } = await world(t)
    const { slug } = await anActivity(db, { ...inAWeek, capacity: 5 })
    const mailbox = await aMailbox(t)
    await mailbox.stop()
    const environment = { DATABASE_URL, SMTP_URL: mailbox.url, LOG_LEVEL: 'silent' }
    const [one, other] = await Promise.all(['web', 'web', 'worker', 'all'].map(async ROLE =>
      await runService(t, { ...environment, ROLE }, ROLE !== 'worker'))) as [RunningService, RunningService]

    const emails = Array.from({ length: 20 }, (_, n) => `attendee-${n}@example.org`)
    await Promise.all(emails.map(async (email, n) =>
      await postBooking((n % 2 === 0 ? one : other).url, slug, { email })))
    await eventually(async () => await db.email.count({ where: { status: 'queued', answer: { not: null } } }) === 20)
    await mailbox.start()
    await eventually(async () => await db.email.count({ where: { status: 'sent' } }) === 20, { seconds: 120 })

    counted(t, 'SMTP is down', { answered: emails, found: mailbox.taken.flatMap(({ to }) => to) })
    t.equal(mailbox.taken.filter(({ mail }) => mail.subject?.startsWith('Your place is booked')).length, 5)
    await expectSound(db, { now: systemClock() })
  })

t.test('asked to stop in a burst, it finishes what is in hand and exits with 0 without breaking anything off', async t => {
  const { db, url: DATABASE_URL } = await world(t)
  const { slug } = await anActivity(db, inAWeek)
  const service = await runService(t, { DATABASE_URL, LOG_LEVEL: 'warn' })
  const emails = Array.from({ length: 30 }, (_, n) => `attendee-${n}@example.org`)
  const bookings = emails.map(async email => await postBooking(service.url, slug, { email }).catch(() => 'not taken'))
  await eventually(async () => await db.booking.count() > 0)

  const code = await service.end('SIGTERM')

  t.equal(code, 0)
  t.notMatch(service.output(), /did not end in time/)
  const answers = await Promise.all(bookings)
  const answered = emails.filter((_, n) => answers[n] === 303)
  const found = (await db.booking.findMany()).map(({ email }) => email ?? '')
  t.equal(answered.length, found.length, 'what was taken was answered')
  counted(t, 'Stopped in a burst', { answered, found })
  await expectSound(db, { now: systemClock() })
})

t.test('asked twice to stop, as Ctrl-C and npm do, it stops as if asked once, and its own PostgreSQL with it', async t => {
  const service = await runService(t, { LOG_LEVEL: 'info' })
  const running = join(service.dataDir, 'postgres/postmaster.pid')
  t.match(await readFile(running, 'utf8'), /^\d+\n/)

  const first = service.end('SIGINT')
  await eventually(async () => service.output().includes('Stopping.'))
  const codes = await Promise.all([first, service.end('SIGINT')])

  t.strictSame(codes, [0, 0])
  await t.rejects(readFile(running), { code: 'ENOENT' }, 'PostgreSQL has put its own file away')
})

t.test('what is wrong at the start is said in one line, without a stack', async t => {
  const { url: DATABASE_URL } = await world(t)
  const occupied = createServer(socket => socket.destroy()).listen(0, '127.0.0.1')
  t.teardown(() => { occupied.close() })
  await once(occupied, 'listening')

  const wrong: Array<[Record<string, string>, RegExp]> = [
    [{ PORT: String((occupied.address() as AddressInfo).port), DATABASE_URL }, /^Port \d+ is in use: stop what listens there or set PORT/],
    [{ DATABASE_URL: `postgresql://nobody@127.0.0.1:${await freePort()}/none` }, /^The service could not start: .+/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be one of /]
  ]
  for (const [environment, sentence] of wrong) {
    const error = await runService(t, { LOG_LEVEL: 'silent', ...environment }).catch(error => error as Error)
    const [first, ...lines] = (error as Error).message.split('\n')
    t.equal(first, 'The service ended with 1:')
    t.match(lines[0], sentence)
    t.strictSame(lines.slice(1), [''])
  }
})

t.test('in each role the container says how it is, by what the Dockerfile asks', async t => {
  const dockerfile = await readFile(join(import.meta.dirname, '../Dockerfile'), 'utf8')
  const [, command = '[]'] = /^HEALTHCHECK [^[]*(\[.*\])$/m.exec(dockerfile.replaceAll('\\\n', '')) ?? []
  const [, ...args] = JSON.parse(command) as string[]
  const isHealthy = async ({ url }: RunningService) => {
    const asking = promisify(execFile)(process.execPath, args, { env: { PORT: new URL(url).port } })
    return await asking.then(() => true, () => false)
  }
  const { url: DATABASE_URL, ownerUrl } = await world(t)
  const roles = ['web', 'worker', 'all']
  const services = await Promise.all(roles.map(async ROLE =>
    await runService(t, { DATABASE_URL, ROLE, LOG_LEVEL: 'silent' })))

  for (const service of services) t.equal(await isHealthy(service), true)
  const answers = await Promise.all(services.map(async ({ url }) =>
    await Promise.all(['/health/live', '/'].map(async path => (await fetch(url + path)).status))))
  t.strictSame(answers, [[200, 200], [200, 404], [200, 200]], 'a worker answers nothing else')

  await refuseConnections(ownerUrl)
  for (const service of services) await eventually(async () => !await isHealthy(service))
  t.equal((await fetch(`${services[1]?.url}/health/live`)).status, 200)
  for (const service of services) t.equal(await service.end('SIGTERM'), 0)
})

/** Closes all connections to a database and refuses new ones. */
async function refuseConnections (url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1)
  const client = new pg.Client({ connectionString: onDatabase(url, 'postgres') })
  await client.connect()
  await client.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`)
  await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name])
  await client.end()
}

t.test('a worker whose port nobody has named takes none from the web process beside it', async t => {
  const config = loadConfig({ ROLE: 'worker' })

  t.equal(config.workerPort, undefined)
  t.equal(loadConfig({ ROLE: 'worker', PORT: '3001' }).workerPort, 3001)
})

t.test('where the address is https and no proxy is trusted, the start says what that means', async t => {
  const { url: DATABASE_URL } = await world(t)
  const start = async (given: Record<string, string>) =>
    (await runService(t, { DATABASE_URL, LOG_LEVEL: 'warn', PUBLIC_URL: 'https://workshops.example.org', ...given })).output()

  t.match(await start({}), /"msg":"PUBLIC_URL is https and TRUST_PROXY is not set/)
  t.notMatch(await start({ TRUST_PROXY: 'uniquelocal' }), /TRUST_PROXY/)
  t.notMatch(await start({ ROLE: 'worker' }), /TRUST_PROXY/)
})

t.test('with another SECRET_KEY than the one that sealed the Teams links it does not start, and changes nothing', async t => {
  const { db, url: DATABASE_URL } = await world(t)
  const former = 'the key of before, with thirty-two characters'
  const joinUrlSealed = joinLinkSeal(former).close('https://teams.microsoft.com/meet/39127460835112?p=Kx8sJw2LmQ0aZr7T')
  await anActivity(db, { ...inAWeek, joinUrlSealed })
  await anActivity(db, { ...inAWeek, joinUrlSealed: '1.tampered' })

  await t.rejects(runService(t, { DATABASE_URL, LOG_LEVEL: 'silent' }), /SECRET_KEY is not the one with which the Teams links/)
  const right = await runService(t, { DATABASE_URL, LOG_LEVEL: 'silent', SECRET_KEY: former })

  t.equal((await fetch(right.url)).status, 200, 'one that was tampered with keeps nobody out')
  t.equal(await db.activity.count({ where: { joinUrlSealed } }), 1)
})
