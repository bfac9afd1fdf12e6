import { readFile, rename } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { findServer, fullDisk, hasEnded, openCluster, openDataDir, readPassword, reasonOf, serverLog } from './cluster.ts'
import type { Cluster } from './cluster.ts'
import { DatabaseUnusable } from './errors.ts'
import { findPrograms, run } from './programs.ts'
import type { Programs } from './programs.ts'

declare module 'pg' {
  interface Client {
    ref: () => void
    unref: () => void
  }
}

/** A PostgreSQL of the service's own, for machines that have no database server. */
export interface EmbeddedPostgres {
  url: string
  /** Lets go of the server and, when nobody else on this folder uses it, stops it; safe to call twice. */
  stop: () => Promise<void>
}

export interface EmbeddedRequest {
  dataDir: string
  log?: Log
  /** False: behave as where the kernel allows root no user namespaces. */
  userNamespaces?: boolean
}

interface Log { info: (message: string) => void, warn: (message: string) => void }

const silence: Log = { info () {}, warn () {} }

/** Key of the advisory lock, in database `postgres`, that everybody who uses the server shares. */
const inUse = 5_701_864

const patienceMs = 120_000

/**
 * Starts PostgreSQL on `<dataDir>/postgres`, which is made when missing, or attaches to the server that
 * already runs there: another command's, or one that outlived a service that was killed.
 *
 * Everybody attached shares a lock, which the server itself drops when a process dies; whoever gets it
 * alone on leaving was the last and stops the server. The server has a session of its own: a Ctrl-C at
 * the terminal does not reach it. A process may end without `stop`: the server then waits for the next.
 */
export async function startEmbedded (
  { dataDir, log = silence, userNamespaces = true }: EmbeddedRequest
): Promise<EmbeddedPostgres> {
  const programs = findPrograms()
  const home = await openDataDir(dataDir)
  const folder = join(home, 'postgres')

  const deadline = performance.now() + patienceMs
  let reason = 'it does not start'
  for (let done = 'was already running'; performance.now() < deadline; await delay(50)) {
    if (await findServer(folder) === undefined) {
      await launch(programs, await openCluster(programs, home, { userNamespaces }))
      done = 'started'
    }
    const server = await findServer(folder)
    if (server === undefined) continue
    try {
      const attached = await attach(folder, await urlOf(folder, server.port), log)
      log.info(`PostgreSQL ${done} on ${folder}.`)
      return attached
    } catch (error) {
      reason = reasonOf(error)
      if (error instanceof DatabaseUnusable || (error as pg.DatabaseError).code === '28P01') break
      // It is still recovering, or somebody is just stopping it: either ends.
    }
  }
  throw new DatabaseUnusable(`The PostgreSQL on ${folder} cannot be used: ${reason}.`)
}

async function urlOf (folder: string, port: number): Promise<string> {
  return `postgresql://placekeeper:${await readPassword(folder)}@127.0.0.1:${port}`
}

/** Starts the server; returns without one when somebody else was quicker, for the folder or for the port. */
async function launch ({ pgCtl }: Programs, { folder, account }: Cluster): Promise<void> {
  const file = join(folder, serverLog)
  await rename(file, `${file}.1`).catch(() => {})
  const port = await freePort()
  try {
    await run([pgCtl, 'start', `--pgdata=${folder}`, `--log=${file}`, '--silent', '--wait',
      `--timeout=${patienceMs / 1000}`, `--options=-p ${port}`], account)
  } catch {
    const said = (await readFile(file, 'utf8').catch(() => '')).trim().split('\n').slice(-10).join('\n')
    if (/already exists|in use|is empty/.test(said) || await findServer(folder) !== undefined) return
    if (said === '' || fullDisk.test(said)) {
      throw new DatabaseUnusable(`PostgreSQL could not be started on ${folder}: it cannot write there, so the disk may be full.`)
    }
    throw new DatabaseUnusable(`PostgreSQL could not be started on ${folder}; it said:\n${said}`)
  }
}

async function freePort (): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.on('error', reject).listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise(resolve => server.close(resolve))
  return port
}

/**
 * Takes a share of the server and keeps it until `stop`, also over a crash that the server recovers from.
 * The connection that holds it keeps no process alive.
 */
async function attach (folder: string, url: string, log: Log): Promise<EmbeddedPostgres> {
  const left = new AbortController()
  let holder = await share(url)
  await makeDatabase(holder).catch(async error => {
    await holder.end()
    throw error
  })
  hold(holder)

  function hold (client: pg.Client): void {
    holder = client
    holder.once('end', () => { if (!left.signal.aborted) reattach().catch(() => {}) })
    holder.unref()
  }

  async function reattach (): Promise<void> {
    log.warn(`The connection to PostgreSQL on ${folder} was lost.`)
    while (true) {
      await delay(500, undefined, { ref: false, signal: left.signal })
      const client = await share(url).catch(() => undefined)
      if (client !== undefined) return left.signal.aborted ? await client.end() : hold(client)
    }
  }

  async function leave (): Promise<void> {
    left.abort()
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
  return { url: `${url}/placekeeper`, stop }
}

async function open (url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: `${url}/postgres`, connectionTimeoutMillis: 5000 })
  client.on('error', () => {}) // Always followed by `end`, which is what counts.
  await client.connect()
  return client
}

/** Connects and shares the lock; rejects while somebody else, who was the last, is stopping the server. */
async function share (url: string): Promise<pg.Client> {
  const client = await open(url)
  const { rows: [row] } = await client.query('SELECT pg_try_advisory_lock_shared($1) AS shared', [inUse])
  if (row.shared) return client
  await client.end()
  throw new Error('it is being stopped')
}

async function makeDatabase (client: pg.Client): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', ['placekeeper'])
  if (rowCount === 1) return
  await client.query('CREATE DATABASE placekeeper').catch(error => {
    // Somebody who attached at the same moment made it.
    if (!['42P04', '23505'].includes(error.code)) throw error
  })
}

/** Stops the server in order, ending connections that are still open, and waits until it has gone. */
async function halt (folder: string): Promise<void> {
  const server = await findServer(folder)
  if (server === undefined) return
  process.kill(server.pid, 'SIGINT')
  const deadline = performance.now() + patienceMs
  while (!await hasEnded(folder, server.pid)) {
    if (performance.now() > deadline) throw new DatabaseUnusable(`The PostgreSQL on ${folder} does not stop.`)
    await delay(20)
  }
}
