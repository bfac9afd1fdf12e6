import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Client } from 'pg'
import t from 'tap'
import type { Test } from 'tap'
import { aBookable, connectedToOwn, postgresOf } from '../support/own-postgres.ts'
import { eventually, postBooking, runService } from '../support/running-service.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

/** The second starts on the database that the first left. */
const DATA_DIR = temporaryFolder(t)

t.test('asked to stop, it closes at once what asks for nothing, answers what is in hand, and leaves no PostgreSQL', async t => {
  const service = await runService(t, { DATA_DIR, LOG_LEVEL: 'info' })
  const { url, dataDir } = service
  const database = await connectedToOwn(t, dataDir)
  const slug = await aBookable(dataDir)
  const form = new URLSearchParams({ name: 'Anne Kirkbride', role: 'parent', email: 'slow@example.org' }).toString()
  const head = `POST /activities/${slug}/book HTTP/1.1\r\nHost: localhost\r\n` +
    `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\n\r\n`
  const opened = async (sent: string) => await connection(t, url, sent)
  const silent = await opened('')
  const headed = await opened('GET / HTTP/1.1\r\nHost: loc')
  const idle = await opened('GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const stuck = await opened(head + form.slice(0, 20))
  const slow = await opened(head + form.slice(0, 20))
  await eventually(() => idle.read().includes('"live"'))
  const lock = await connectedToOwn(t, service.dataDir)
  await lock.query('BEGIN; SELECT FROM activities FOR UPDATE')
  const booking = postBooking(url, slug, { email: 'in-hand@example.org' })
  await eventually(async () => await countWaiting(database) === 1)
  let isStuckClosed = false
  void stuck.closed.then(() => { isStuckClosed = true })

  const ended = service.end('SIGTERM')

  await Promise.all([silent, headed, idle].map(async ({ closed }) => { await closed }))
  t.notOk(isStuckClosed, 'long before a form that does not arrive is given up')
  slow.socket.write(form.slice(20))
  await eventually(async () => await countWaiting(database) >= 1)
  await lock.query('COMMIT')
  await stuck.closed
  t.equal(await booking, 303)
  await slow.closed
  t.match(slow.read(), /^HTTP\/1\.1 303 /, 'a form that arrives in time is answered')
  t.equal(await ended, 0)
  t.notMatch(service.output(), /did not end in time/)
  t.equal(await postgresOf(dataDir), undefined)
})

t.test('what does not end in time is broken off, and its own PostgreSQL is stopped all the same', async t => {
  const service = await runService(t, { DATA_DIR, LOG_LEVEL: 'info' })
  const database = await connectedToOwn(t, service.dataDir)
  const slug = await aBookable(service.dataDir)
  const lock = await connectedToOwn(t, service.dataDir)
  await lock.query('BEGIN; SELECT FROM activities FOR UPDATE')
  const booking = postBooking(service.url, slug, { email: 'in-hand@example.org' }).catch(() => 'no answer')
  await eventually(async () => await countWaiting(database) === 1)

  const code = await service.end('SIGTERM')

  t.equal(code, 1)
  t.not(await booking, 303)
  await eventually(async () => await postgresOf(service.dataDir) === undefined)
  t.match(service.output(), /Something in hand did not end in time/)
})

interface Connection { socket: Socket, closed: Promise<unknown>, read: () => string }

/** A connection to the service on which `sent` was sent. */
async function connection (t: Test, url: string, sent: string): Promise<Connection> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {}) // It is meant to be closed.
  t.teardown(() => { socket.destroy() })
  let read = ''
  socket.on('data', chunk => { read += String(chunk) })
  const closed = once(socket, 'close')
  await once(socket, 'connect')
  socket.write(sent)
  return { socket, closed, read: () => read }
}

async function countWaiting (database: Client): Promise<number> {
  const { rows: [{ n }] } = await database.query(`
    SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`)
  return n
}
