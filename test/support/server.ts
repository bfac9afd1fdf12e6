import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the tests keep their own PostgreSQL and note its address; npm's usual place for such things. */
export const cacheDir = join(import.meta.dirname, '../../node_modules/.cache/placekeeper-test')

interface TestServer {
  /** Any database of the server on which tests may make their own. */
  url: string
  /** The migrated database that each test copies. */
  template: string
}

/** Runs on their own server and on a given one do not disturb each other. */
const note = join(cacheDir, process.env.TEST_DATABASE_URL === undefined ? 'own-server.json' : 'given-server.json')

export async function noteServer (server: TestServer): Promise<void> {
  await mkdir(cacheDir, { recursive: true })
  await writeFile(note, JSON.stringify(server))
}

export async function notedServer (): Promise<TestServer> {
  return JSON.parse(await readFile(note, 'utf8')) as TestServer
}

/** The same server, another database. */
export function onDatabase (url: string, database: string): string {
  const address = new URL(url)
  address.pathname = `/${database}`
  return address.href
}
