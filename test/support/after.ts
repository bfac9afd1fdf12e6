import pg from 'pg'
import { startEmbedded } from '../../src/platform/database/embedded.ts'
import { isLeftOver } from './databases.ts'
import { dataDir, notedServer, onDatabase } from './server.ts'

const { url } = await notedServer()
const left = await leftBehind()
if (process.env.TEST_DATABASE_URL === undefined) {
  const postgres = await startEmbedded({ dataDir: dataDir(), log: console })
  await postgres.stop()
}
if (left.length > 0) {
  console.error(`Tests left behind: ${left.join(', ')}.`)
  process.exit(1)
}

/** Databases and roles that ended tests have left behind: other tests may come to depend on them. */
async function leftBehind (): Promise<string[]> {
  const server = new pg.Client({ connectionString: onDatabase(url, 'postgres') })
  await server.connect()
  const { rows } = await server.query<{ name: string }>(
    'SELECT datname AS name FROM pg_database UNION ALL SELECT rolname FROM pg_roles')
  await server.end()
  return rows.map(({ name }) => name).filter(isLeftOver)
}
