import { join } from 'node:path'
import pg from 'pg'
import type { Test } from 'tap'
import { findServer, readPassword } from '../../src/platform/database/cluster.ts'
import { connect } from '../../src/platform/database/connect.ts'
import { systemClock } from '../../src/platform/clock.ts'
import { openedWith } from '../../src/sealed-tables.ts'
import { expectSound } from './sound.ts'
import { anActivity, secretKey } from './world.ts'

/** Process id of the service's own PostgreSQL; undefined when there is none. */
export async function postgresOf (dataDir: string): Promise<number | undefined> {
  return (await findServer(join(dataDir, 'postgres')))?.pid
}

/** A connection of the test to the database of a service that runs on its own PostgreSQL. */
export async function connectedToOwn (t: Test, dataDir: string): Promise<pg.Client> {
  const client = new pg.Client(await urlOf(dataDir))
  client.on('error', () => {}) // The server is stopped or killed under it.
  await client.connect()
  t.teardown(async () => { await client.end().catch(() => {}) })
  return client
}

/** A bookable activity there; returns its slug. */
export async function aBookable (dataDir: string, capacity = 20): Promise<string> {
  const db = connect(await urlOf(dataDir), { connections: 1 })
  const startsAt = new Date(Date.now() + 7 * 86_400_000)
  const { slug } = await anActivity(db, { startsAt, endsAt: new Date(startsAt.getTime() + 1_800_000), capacity })
  await db.$disconnect()
  return slug
}

/** Throws unless every invariant holds there. */
export async function expectSoundOwn (dataDir: string): Promise<void> {
  const db = openedWith(connect(await urlOf(dataDir), { connections: 1 }), secretKey)
  await expectSound(db, { now: systemClock() })
  await db.$disconnect()
}

async function urlOf (dataDir: string): Promise<string> {
  const folder = join(dataDir, 'postgres')
  const port = (await findServer(folder))?.port
  return `postgresql://placekeeper:${await readPassword(folder)}@127.0.0.1:${port}/placekeeper`
}
