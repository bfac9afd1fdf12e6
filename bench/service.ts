import { fork, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { connect } from '../src/platform/database/connect.ts'
import type { Db } from '../src/platform/database/connect.ts'
import type { Activity } from '../src/platform/database/generated/client.ts'
import { startEmbedded } from '../src/platform/database/embedded.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { openedWith } from '../src/sealed-tables.ts'
import { serviceRoleOf } from '../src/platform/database/service-role.ts'
import { eventually, freePort } from '../test/support/running-service.ts'

export interface Bench {
  db: Db
  databaseUrl: string
  /** Address of the service under measurement, which runs in its own process. */
  url: string
  /** Its process. */
  pid: number
  close: () => Promise<void>
}

const quiet = { info () {}, warn () {}, error () {} }

/** Secret key of the service under measurement. */
export const benchKey = 'a key for benchmarks that is long enough'

/**
 * Starts the service on a PostgreSQL of its own, without rate limits and, unless `role` asks for one, without a worker:
 * emails stay queued, to be counted. `entry` is what the service's process runs.
 */
export async function openBench (
  { entry = 'src/server.ts', role = 'web' }: { entry?: string, role?: 'web' | 'all' } = {}
): Promise<Bench> {
  const dataDir = await mkdtemp(join(tmpdir(), 'placekeeper-bench-'))
  const postgres = await startEmbedded({ dataDir, log: quiet })
  await migrate(postgres.url, { serviceRole: serviceRoleOf(postgres.serviceUrl, postgres.url) })
  const db = openedWith(connect(postgres.url), benchKey)
  const port = await freePort()
  const service = spawn(process.execPath, [join(import.meta.dirname, '..', entry)], {
    env: {
      ...process.env,
      PORT: String(port),
      DATABASE_URL: postgres.serviceUrl,
      DATA_DIR: dataDir,
      SECRET_KEY: benchKey,
      ROLE: role,
      RATE_LIMITS: 'off',
      SECOND_FACTOR: 'optional',
      LOG_LEVEL: 'error'
    },
    stdio: ['ignore', 'inherit', 'inherit']
  })
  const ended = once(service, 'exit')
  const url = `http://127.0.0.1:${port}`
  const isReady = async () => await fetch(`${url}/health/ready`).then(answer => answer.ok, () => false)
  await eventually(isReady, { seconds: 90 }).catch(async error => {
    await close()
    throw error
  })
  return { db, databaseUrl: postgres.url, url, pid: service.pid ?? 0, close }

  async function close (): Promise<void> {
    service.kill('SIGTERM')
    await ended
    await db.$disconnect()
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Starts Node's HTTP server alone, which gives every form the same answer. */
export async function openBareServer (
  { status, length }: { status: number, length: number }
): Promise<{ url: string, pid: number, close: () => Promise<void> }> {
  const server = fork(join(import.meta.dirname, 'bare-server.ts'), [String(status), String(length)])
  const ended = once(server, 'exit')
  const [url] = await once(server, 'message') as [string]
  return {
    url,
    pid: server.pid ?? 0,
    async close () {
      server.disconnect()
      await ended
    }
  }
}

/** A public workshop in a week's time; all of them share one campaign. */
export async function aWorkshop (db: Db, capacity: number): Promise<Activity> {
  const campaign = await db.campaign.upsert({
    where: { slug: 'bench' }, update: {}, create: { slug: 'bench', title: 'Bench', partnership: 'Bench' }
  })
  const startsAt = new Date(Date.now() + 7 * 86_400_000)
  return await db.activity.create({
    data: {
      campaignId: campaign.id,
      slug: `workshop-${randomUUID()}`,
      title: 'Keeping your child safe online',
      summary: 'Half an hour on what children do online, what can go wrong and what helps.',
      kind: 'online-workshop',
      isOnline: true,
      startsAt,
      endsAt: new Date(startsAt.getTime() + 1_800_000),
      visibility: 'public',
      booking: 'places',
      capacity,
      status: 'published'
    }
  })
}

/** The median; of an even number, the middle of the two in the middle. */
export function median (numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other)
  const [low = Number.NaN, high = Number.NaN] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  return (low + high) / 2
}
