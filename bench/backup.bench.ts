import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { startEmbedded } from '../src/platform/database/embedded.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { CommandError } from '../src/platform/errors.ts'
import { numbersIn } from './options.ts'
import type { Finding } from './run.ts'

/** A million bookings are written, and come back, in a quarter of an hour each. */
const leastPerSecond = 1_000_000 / 900
const mostMiB = 400

const silence = { info () {}, warn () {}, error () {} }

/**
 * Bookings a second that `backup` writes and `restore` brings back, whichever is slower, as processes of their own on
 * our own PostgreSQL; and how much memory each takes, which must not depend on how many there are.
 */
export async function measure (args: string[]): Promise<Finding> {
  const { bookings } = numbersIn(args, { bookings: 1_000_000 })
  const folder = await mkdtemp(join(process.env.BENCH_DIR ?? tmpdir(), 'placekeeper-bench-'))
  const postgres = await startEmbedded({ dataDir: folder, log: silence })
  try {
    await migrate(postgres.url)
    const restored = await fill(postgres.url, bookings)
    const environment = { SECRET_KEY: 'a key for a benchmark, which is long enough', DATA_DIR: folder }
    const key = join(folder, 'key')
    const { out } = await run(environment, 'backup', 'key', '--output', key)
    const recipient = out.replace('BACKUP_RECIPIENT=', '').trim()

    const backup = await run({ ...environment, DATABASE_URL: postgres.url }, 'backup', '--output', folder, '--recipient', recipient)
    const name = (await readdir(folder)).find(name => name.endsWith('.age')) ?? ''
    const megabytes = (await stat(join(folder, name))).size / 1_000_000
    const check = await run(environment, 'backup', 'check', join(folder, name), '--identity', key)
    const restore = await run({ ...environment, DATABASE_URL: restored }, 'restore', join(folder, name), '--identity', key)

    process.stdout.write([backup, check, restore].map(({ out }) => out).join(''))
    const rate = bookings / Math.max(backup.seconds, restore.seconds)
    const memoryMiB = Math.max(backup.memoryMiB, restore.memoryMiB)
    return {
      name: 'backup',
      rate: Math.round(rate),
      baseline: Math.round(leastPerSecond),
      ratio: rate / leastPerSecond,
      target: 1,
      bookings,
      megabytes,
      backupSeconds: backup.seconds,
      checkSeconds: check.seconds,
      restoreSeconds: restore.seconds,
      backupMiB: backup.memoryMiB,
      restoreMiB: restore.memoryMiB,
      ...memoryMiB <= mostMiB ? {} : { failure: `it takes ${memoryMiB} MiB of memory` }
    }
  } finally {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Hundreds to an activity, with an email and a line of history each; returns the address of an empty database. */
async function fill (url: string, bookings: number): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {}) // The query under way rejects as well.
  await client.connect()
  await client.query(`
    SET session_replication_role = replica;
    INSERT INTO campaigns (slug, title, partnership) VALUES ('bench', 'It’s Not OK', 'Cumbria safeguarding partnerships');
    INSERT INTO activities (campaign_id, slug, title, kind, is_online, starts_at, ends_at, visibility, booking, capacity, status, audiences)
      SELECT c.id, 'bench-' || n, 'Keeping your child safe online', 'online-workshop', true,
        now() + (20 + n % 60) * interval '1 day', now() + (20 + n % 60) * interval '1 day' + interval '1 hour',
        'public', 'places', 200, 'published', ARRAY['parents']
      FROM campaigns c, generate_series(1, ${Math.ceil(bookings / 100)}) AS n WHERE c.slug = 'bench';
    INSERT INTO bookings (activity_id, reference, name, email, canonical_email, role, district, phone, access_needs, question, places,
        status, created_at, changed_at, confirmed_at, erase_on, submission_id)
      SELECT a.id, upper(substr(md5(a.id || ' ' || n), 1, 12)), 'Anne Kirkbride ' || n, mail, mail, 'parent', 'Cumberland',
        CASE n % 3 WHEN 0 THEN '07700 900982' END, CASE n % 10 WHEN 1 THEN 'Captions, please' END,
        CASE n % 8 WHEN 1 THEN 'How do I begin?' END, 1, 'confirmed', at, at, at, current_date + 200, gen_random_uuid()
      FROM activities a, generate_series(1, 100) AS n,
        LATERAL (SELECT gen_random_uuid() || '@example.org' AS mail, now() - n * interval '1 day' - interval '2 days' AS at) AS given;
    INSERT INTO booking_events (booking_id, at, activity_id, status, places, offers, called)
      SELECT id, created_at, activity_id, status, places, 0, false FROM bookings;
    INSERT INTO letters (booking_id, kind, message_id, status, attempts, answer, created_at, sent_at)
      SELECT id, 'place-confirmed', gen_random_uuid() || '@example.org', 'sent', 1, '250 2.0.0 Ok: queued', created_at, created_at FROM bookings;
    ANALYZE`)
  await client.query("CREATE DATABASE restored TEMPLATE template0 ENCODING 'UTF8'")
  await client.end()
  const restored = new URL(url)
  restored.pathname = '/restored'
  return restored.href
}

interface Ended { out: string, seconds: number, memoryMiB: number }

/** Runs a command as people do. */
async function run (environment: Record<string, string>, ...words: string[]): Promise<Ended> {
  const since = performance.now()
  const child = spawn(process.execPath, [join(import.meta.dirname, '../src/cli.ts'), ...words], {
    env: { PATH: process.env.PATH, ...environment }, stdio: ['ignore', 'pipe', 'inherit']
  })
  const out: string[] = []
  child.stdout.on('data', chunk => out.push(String(chunk)))
  const closed = once(child, 'close') as Promise<[number | null]>
  let most = 0
  while (child.exitCode === null && child.signalCode === null) {
    most = Math.max(most, await memoryOf(child.pid))
    await Promise.race([closed, delay(200)])
  }
  const [code] = await closed
  if (code !== 0) throw new CommandError(`placekeeper ${words[0]} ended with ${code}.`)
  return { out: out.join(''), seconds: Math.round((performance.now() - since) / 100) / 10, memoryMiB: most }
}

/** The most that it has had in memory; 0 where there is no /proc. */
async function memoryOf (pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
}
