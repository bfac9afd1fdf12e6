import { createHash } from 'node:crypto'
import { readdir, readFile, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { startEmbedded } from '../../src/platform/database/embedded.ts'
import { migrate } from '../../src/platform/database/migrate.ts'
import { openServiceRole, serviceRoleOf } from '../../src/platform/database/service-role.ts'
import { openOutbox } from '../../src/platform/outbox.ts'
import { isLeftOver } from './databases.ts'
import { restoringOf } from './restoring.ts'
import type { Restoring } from './restoring.ts'
import { dataDir, noteServer, onDatabase } from './server.ts'

const given = process.env.TEST_DATABASE_URL
const { url, socket } = given === undefined ? await startOwn() : { url: given, socket: undefined }
const template = `placekeeper_template_${await fingerprint()}`
const server = new pg.Client({ connectionString: onDatabase(url, 'postgres') })
await server.connect()
await server.query('SELECT pg_advisory_lock(20150921)')
if (given === undefined) {
  await writeWithoutFlushing()
  await dropLeftOver()
}
const serviceUrl = await openServiceRole(server, url)
const { rowCount } = await server.query('SELECT 1 FROM pg_database WHERE datname = $1', [template])
if (rowCount === 0) await makeTemplate()
await noteServer({ url, serviceUrl, socket, template, restoring: await restoringOfTemplate() })
await server.end()
process.exit()

/** Starts the tests' own server, which has a socket beside its port, unless another process keeps one without. */
async function startOwn (): Promise<{ url: string, socket: string | undefined }> {
  const start = async () => await startEmbedded({ dataDir: dataDir(), log: console })
  let own = await start()
  const socket = join(await realpath(dataDir()), 'postgres')
  // The path of a socket has at most 107 bytes.
  if (Buffer.byteLength(socket) > 80) return { url: own.url, socket: undefined }
  if (!await hasSocket(own.url, socket)) {
    await ask(own.url, `ALTER SYSTEM SET unix_socket_directories = ${pg.escapeLiteral(socket)}`)
    await own.stop()
    own = await start()
  }
  return { url: own.url, socket: await hasSocket(own.url, socket) ? socket : undefined }
}

/** PostgreSQL shows what ALTER SYSTEM gave a list of folders as it stores it: in quotes, for its path. */
async function hasSocket (url: string, socket: string): Promise<boolean> {
  const [row] = await ask(url, 'SHOW unix_socket_directories')
  return row?.unix_socket_directories === pg.escapeIdentifier(socket)
}

async function ask (url: string, sql: string): Promise<Array<Record<string, unknown>>> {
  const client = new pg.Client({ connectionString: onDatabase(url, 'postgres') })
  await client.connect()
  const { rows } = await client.query<Record<string, unknown>>(sql)
  await client.end()
  return rows
}

/** Tests make and drop hundreds of databases, which are short-lived and need not survive a power cut. */
async function writeWithoutFlushing (): Promise<void> {
  const off = ['fsync', 'full_page_writes', 'synchronous_commit', 'autovacuum']
  for (const setting of off) await server.query(`ALTER SYSTEM SET ${setting} = off`)
  await server.query('SELECT pg_reload_conf()')
}

/** Databases of runs that were killed would stay for ever. */
async function dropLeftOver (): Promise<void> {
  const { rows } = await server.query<{ datname: string }>('SELECT datname FROM pg_database')
  for (const { datname } of rows) if (isLeftOver(datname)) await server.query(`DROP DATABASE ${datname} WITH (FORCE)`)
}

/** Makes the database that each test copies, under another name until it is complete. */
async function makeTemplate (): Promise<void> {
  const unfinished = `${template}_unfinished`
  await server.query(`DROP DATABASE IF EXISTS ${unfinished}`)
  await server.query(`CREATE DATABASE ${unfinished} TEMPLATE template0 ENCODING 'UTF8'`)
  await migrate(onDatabase(url, unfinished), { serviceRole: serviceRoleOf(serviceUrl, url) })
  const boss = new PgBoss({ connectionString: onDatabase(url, unfinished), supervise: false, schedule: false })
  await boss.start()
  await openOutbox(boss, [])
  await boss.stop({ graceful: false })
  await server.query(`ALTER DATABASE ${unfinished} RENAME TO ${template}`)
}

async function restoringOfTemplate (): Promise<Restoring> {
  const made = new pg.Client({ connectionString: onDatabase(url, template) })
  await made.connect()
  const restoring = await restoringOf(made)
  await made.end()
  return restoring
}

/** Changes with everything that the template is made from. */
async function fingerprint (): Promise<string> {
  const root = join(import.meta.dirname, '../..')
  const hash = createHash('sha256')
  for (const file of ['outbox.ts', 'database/service-role.ts']) hash.update(await readFile(join(root, 'src/platform', file)))
  for (const name of (await readdir(join(root, 'prisma/migrations'))).sort()) {
    hash.update(name)
    if (!name.endsWith('.toml')) hash.update(await readFile(join(root, 'prisma/migrations', name, 'migration.sql')))
  }
  return hash.digest('hex').slice(0, 12)
}
