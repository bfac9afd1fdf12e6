import pg from 'pg'
import type { Test } from 'tap'
import { newName } from './databases.ts'
import { notedServer, onDatabase } from './server.ts'

export interface Database {
  name: string
  url: string
  /** A connection to it, for inspecting and for what only SQL can do. */
  client: pg.Client
}

/** A database for one test, made as `given` says, empty unless it is a copy; dropped when the test is over. */
export async function aDatabase (t: Test, given = "TEMPLATE template0 ENCODING 'UTF8'"): Promise<Database> {
  const server = (await notedServer()).url
  const name = newName()
  await onServer(server, `CREATE DATABASE ${name} ${given}`)
  const url = onDatabase(server, name)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.teardown(async () => {
    await client.end()
    await onServer(server, `DROP DATABASE ${name} WITH (FORCE)`)
  })
  return { name, url, client }
}

async function onServer (url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql).finally(async () => { await client.end() })
}
