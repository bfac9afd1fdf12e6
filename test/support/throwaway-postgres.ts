import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { Test } from 'tap'
import { openCluster, readPassword } from '../../src/platform/database/cluster.ts'
import { migrate } from '../../src/platform/database/migrate.ts'
import { findPrograms, run } from '../../src/platform/database/programs.ts'
import { freePort } from './running-service.ts'

/** How PostgreSQL is stopped: it ends what is under way, or as if the power failed. */
export type Stop = 'fast' | 'immediate'

/** A PostgreSQL of one test's own, which the test may stop, start and break. */
export interface ThrowawayPostgres {
  /** The address of a migrated database on it, which survives a restart. */
  url: string
  stop: (how: Stop) => Promise<void>
  start: () => Promise<void>
  /** Runs one statement as the superuser, on its own connection. */
  query: (sql: string) => Promise<pg.QueryResult>
}

/** Starts PostgreSQL in `disk`, by default in memory, where flushing costs nothing; removed after the test. */
export async function throwawayPostgres (
  t: Test, settings: Readonly<Record<string, string>> = {}, disk = '/dev/shm'
): Promise<ThrowawayPostgres> {
  const home = await mkdtemp(join(disk, 'placekeeper-faults-')).catch(async () =>
    await mkdtemp(join(tmpdir(), 'placekeeper-faults-')))
  const programs = findPrograms()
  const { folder, account } = await openCluster(programs, home, { userNamespaces: true })
  const port = await freePort()
  const options = Object.entries({ port: String(port), ...settings }).map(([name, value]) => `-c ${name}=${value}`)
  let isRunning = false

  t.teardown(async () => {
    if (isRunning) await stop('immediate')
    await rm(home, { recursive: true, force: true })
  })
  await start()
  const server = `postgresql://placekeeper:${await readPassword(folder)}@127.0.0.1:${port}`
  await query('CREATE DATABASE placekeeper', 'postgres')
  const url = `${server}/placekeeper`
  await migrate(url)
  return { url, stop, start, query }

  async function start (): Promise<void> {
    await run([programs.pgCtl, 'start', `--pgdata=${folder}`, `--log=${join(home, 'server.log')}`, '--silent', '--wait',
      `--options=${options.join(' ')}`], account)
    isRunning = true
  }

  async function stop (how: Stop): Promise<void> {
    await run([programs.pgCtl, 'stop', `--pgdata=${folder}`, `--mode=${how}`, '--silent', '--wait'], account)
    isRunning = false
  }

  async function query (sql: string, database = 'placekeeper'): Promise<pg.QueryResult> {
    const client = new pg.Client({
      connectionString: `${server}/${database}`, options: '-c default_transaction_read_only=off'
    })
    client.on('error', () => {})
    await client.connect()
    try {
      return await client.query(sql)
    } finally {
      await client.end()
    }
  }
}
