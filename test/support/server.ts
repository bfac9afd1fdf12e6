import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Restoring } from './restoring.ts'

const checkout = join(import.meta.dirname, '../..')

/** Where the tests store the address of their PostgreSQL; npm's usual place for such files. */
const cacheDir = join(checkout, 'node_modules/.cache/placekeeper-test')

/**
 * The data folder of the PostgreSQL that all tests of this checkout share; it is kept for the next run. `npm test` has
 * temporary folders in memory: on a disk, making and dropping a database is most of a test's time.
 */
export function dataDir (): string {
  const name = createHash('sha256').update(checkout).digest('hex').slice(0, 12)
  return join(tmpdir(), `placekeeper-test-${userInfo().uid}-${name}`)
}

interface TestServer {
  /** Any database of the server on which tests may make their own. */
  url: string
  /** The same for the role that serves. */
  serviceUrl: string
  /** The folder of its socket; none on a given server. */
  socket?: string | undefined
  /** The migrated database that each test copies. */
  template: string
  restoring: Restoring
}

/** Runs on their own server and on a given one do not disturb each other. */
const note = join(cacheDir, process.env.TEST_DATABASE_URL === undefined ? 'own-server.json' : 'given-server.json')

export async function noteServer (server: TestServer): Promise<void> {
  await mkdir(cacheDir, { recursive: true })
  await writeFile(note, JSON.stringify(server))
}

let noted: Promise<TestServer> | undefined

export async function notedServer (): Promise<TestServer> {
  noted ??= readFile(note, 'utf8').then(text => JSON.parse(text) as TestServer)
  return await noted
}

/** The same server, another database. */
export function onDatabase (url: string, database: string): string {
  const address = new URL(url)
  address.pathname = `/${database}`
  return address.href
}

/**
 * The same database by the server's socket, where there is one: what a query costs both sides is a fifth less than by
 * the network.
 */
export function bySocket (url: string, { socket }: Pick<TestServer, 'socket'>): string {
  if (socket === undefined) return url
  const address = new URL(url)
  address.searchParams.set('host', socket)
  return address.href
}
