import { randomBytes } from 'node:crypto'
import pg from 'pg'
import type { Restoring } from './restoring.ts'
import { bySocket, notedServer, onDatabase } from './server.ts'

/** Opened by the first test that needs it; does not keep an idle process alive. */
let pool: pg.Pool | undefined

interface Addresses {
  /** Of the role that serves. */
  url: string
  ownerUrl: string
}

/** Makes a migrated database for one user, and returns its addresses: also those by which this machine is faster. */
export async function makeDatabase (): Promise<Addresses & { near: Addresses }> {
  const server = await notedServer()
  const { template } = server
  pool ??= new pg.Pool({ connectionString: onDatabase(server.url, 'postgres'), max: 2, allowExitOnIdle: true })
  const name = newName()
  await pool.query(`CREATE DATABASE ${name} TEMPLATE ${template}`)
  const [url, ownerUrl] = [onDatabase(server.serviceUrl, name), onDatabase(server.url, name)]
  return { url, ownerUrl, near: { url: bySocket(url, server), ownerUrl: bySocket(ownerUrl, server) } }
}

/** Returns how a used database is restored to its original state. */
export async function restoring (): Promise<Restoring> {
  return (await notedServer()).restoring
}

/** A name for a database or a role of one test: it contains the process, so that one left behind is found. */
export function newName (): string {
  return `placekeeper_test_${process.pid}_${randomBytes(8).toString('hex')}`
}

/** Not awaited, so that the next test can run: the server waits a tenth of a second for a connection that ends late. */
export function dropDatabase (url: string): void {
  void pool?.query(`DROP DATABASE ${new URL(url).pathname.slice(1)} WITH (FORCE)`)
}

/** Whether it is the database or role of a test whose process has ended. */
export function isLeftOver (name: string): boolean {
  const pid = /^placekeeper_test_(\d+)_/.exec(name)?.[1]
  if (pid === undefined) return false
  try {
    return !process.kill(Number(pid), 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
