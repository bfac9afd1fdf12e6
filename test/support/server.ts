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

export async function noteServer (server: TestServer): Promise<void> {
  await mkdir(cacheDir, { recursive: true })
  await writeFile(join(cacheDir, 'server.json'), JSON.stringify(server))
}

export async function notedServer (): Promise<TestServer> {
  return JSON.parse(await readFile(join(cacheDir, 'server.json'), 'utf8')) as TestServer
}

/** The same server, another database. */
export function onDatabase (url: string, database: string): string {
  const address = new URL(url)
  address.pathname = `/${database}`
  return address.href
}
