import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { findServer, hasEnded, openCluster, openDataDir, readPassword, reasonOf, serverLog } from './cluster.ts'
import { DatabaseUnusable } from './errors.ts'
import { launch, timeoutMs } from './launch.ts'
import { findPrograms } from './programs.ts'
import { openServiceRole } from './service-role.ts'

declare module 'pg' {
  interface Client {
    ref: () => void
    unref: () => void
  }
}

/** A PostgreSQL run by the service itself, for machines without a database server. */
export interface EmbeddedPostgres {
  /** Address for migrating: with it anything can be changed. */
  url: string
  /** Address for serving, once the database is migrated for its role. */
  serviceUrl: string
  /** Releases the server and, if no other process on this folder uses it, stops it; safe to call twice. */
  stop: () => Promise<void>
}

export interface EmbeddedRequest {
  dataDir: string
  log?: Log
  /** False: behave as if the kernel allowed root no user namespaces. */
  userNamespaces?: boolean
}

interface Log { info: Say, warn: Say, error: Say }
type Say = (message: string) => void

const silence: Log = { info () {}, warn () {}, error () {} }

/** Key of the advisory lock, in database `postgres`, that all users of the server share. */
const inUse = 5_701_864

/** How often a server that ends by itself is started again, within how long: if it always ends, a person must look. */
const maxStarts = 5
const startsWithinMs = 15 * 60_000

/**
 * Starts PostgreSQL on `<dataDir>/postgres`, which is made if missing, or attaches to the server that already runs
 * there: another command's, or a server that outlived a killed service.
 *
 * All attached processes share a lock, which the server itself drops when a process dies; a process that gets it
 * exclusively on leaving was the last and stops the server. The server has a session of its own: a Ctrl-C at the
 * terminal does not reach it. A process may end without `stop`: the server then waits for the next.
 */
export async function startEmbedded (
  { dataDir, log = silence, userNamespaces = true }: EmbeddedRequest
): Promise<EmbeddedPostgres> {
  const programs = findPrograms()
  const home = await openDataDir(dataDir)
  const folder = join(home, 'postgres')
  const start = async (port?: number) =>
    await launch(programs, await openCluster(programs, home, { userNamespaces }), port)

  const deadline = performance.now() + timeoutMs
  let reason = 'it does not start'
  for (let done = 'was already running'; performance.now() < deadline; await delay(50)) {
    if (await findServer(folder) === undefined) {
      await start()
      done = 'started'
    }
    const server = await findServer(folder)
    if (server === undefined) continue
    try {
      const url = await urlOf(folder, server.port)
      const attached = await attach({ folder, url, log, startAgain: async () => await start(server.port) })
      log.info(`PostgreSQL ${done} on ${folder}.`)
      return attached
    } catch (error) {
      reason = reasonOf(error)
      if (error instanceof DatabaseUnusable || (error as pg.DatabaseError).code === '28P01') break
      // It is still recovering, or another process is just stopping it: either ends soon.
    }
  }
  throw new DatabaseUnusable(`The PostgreSQL on ${folder} cannot be used: ${reason}.`)
}

async function urlOf (folder: string, port: number): Promise<string> {
  return `postgresql://placekeeper:${await readPassword(folder)}@127.0.0.1:${port}`
}

interface Attachment {
  folder: string
  url: string
  log: Log
  /** Starts the server at the same address; false if another try may succeed. */
  startAgain: () => Promise<boolean>
}

/**
 * Takes a share of the server and keeps it until `stop`, even across a crash from which the server recovers. A server
 * that has gone is started again, unless that happens too often. The connection that holds the share keeps no process
 * alive.
 */
async function attach ({ folder, url, log, startAgain }: Attachment): Promise<EmbeddedPostgres> {
  const left = new AbortController()
  let starts: number[] = []
  let isLeftAlone = false
  let reattaching: Promise<void> | undefined
  let holder = await share(url)
  const serviceUrl = await prepare(holder, `${url}/placekeeper`).catch(async error => {
    await holder.end()
    throw error
  })
  hold(holder)

  function hold (client: pg.Client): void {
    holder = client
    holder.once('end', () => { if (!left.signal.aborted) reattaching = reattach().catch(() => {}) })
    holder.unref()
  }

  async function reattach (): Promise<void> {
    log.warn(`The connection to PostgreSQL on ${folder} was lost.`)
    for (let pauseMs = 100; !left.signal.aborted; pauseMs = Math.min(2 * pauseMs, 10_000)) {
      if (await findServer(folder) === undefined) await revive()
      const client = await share(url).catch(() => undefined)
      if (client !== undefined) return left.signal.aborted ? await client.end() : hold(client)
      await delay(pauseMs, undefined, { ref: false, signal: left.signal })
    }
  }

  async function revive (): Promise<void> {
    starts = starts.filter(at => at > performance.now() - startsWithinMs)
    if (starts.length === maxStarts) {
      if (!isLeftAlone) {
        log.error(`PostgreSQL on ${folder} has ended ${maxStarts} times and more in a quarter of an hour, and is not ` +
          `started again before that is over: see ${serverLog} there for what it said.`)
      }
      isLeftAlone = true
      return
    }
    isLeftAlone = false
    try {
      if (!await startAgain()) return
      log.warn(`PostgreSQL on ${folder} had ended and was started again.`)
    } catch (error) {
      log.error(`PostgreSQL on ${folder} had ended and could not be started again: ${reasonOf(error)}.`)
    }
    starts.push(performance.now())
  }

  async function leave (): Promise<void> {
    left.abort()
    await reattaching // A server that is still starting is stopped as well.
    holder.ref()
    await holder.query('SELECT pg_advisory_unlock_shared($1)', [inUse]).catch(() => {})
    await holder.end().catch(() => {})

    const client = await open(url).catch(() => undefined)
    if (client === undefined) return
    const { rows: [row] } = await client.query('SELECT pg_try_advisory_lock($1) AS alone', [inUse])
    if (row.alone) await halt(folder)
    await client.end().catch(() => {})
  }

  let leaving: Promise<void> | undefined
  async function stop (): Promise<void> {
    leaving ??= leave()
    await leaving
  }
  return { url: `${url}/placekeeper`, serviceUrl, stop }
}

async function open (url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: `${url}/postgres`, connectionTimeoutMillis: 5000 })
  client.on('error', () => {}) // Always followed by `end`, and only that matters.
  await client.connect()
  return client
}

/** Connects and takes the shared lock; rejects while the last other process is stopping the server. */
async function share (url: string): Promise<pg.Client> {
  const client = await open(url)
  const { rows: [row] } = await client.query('SELECT pg_try_advisory_lock_shared($1) AS shared', [inUse])
  if (row.shared) return client
  await client.end()
  throw new Error('it is being stopped')
}

/** Makes the database and the role that serves, if missing; returns the address with which that connects. */
async function prepare (client: pg.Client, url: string): Promise<string> {
  await makeDatabase(client)
  return await openServiceRole(client, url)
}

async function makeDatabase (client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', ['placekeeper'])
  if (rowCount === 1) return
  await client.query('CREATE DATABASE placekeeper').catch(error => {
    // Another process that attached at the same moment made it.
    if (!['42P04', '23505'].includes(error.code)) throw error
  })
}

/** Shuts the server down cleanly, ending connections that are still open, and waits until it has gone. */
async function halt (folder: string): Promise<void> {
  const server = await findServer(folder)
  if (server === undefined) return
  process.kill(server.pid, 'SIGINT')
  const deadline = performance.now() + timeoutMs
  while (!await hasEnded(folder, server.pid)) {
    if (performance.now() > deadline) throw new DatabaseUnusable(`The PostgreSQL on ${folder} does not stop.`)
    await delay(20)
  }
}
