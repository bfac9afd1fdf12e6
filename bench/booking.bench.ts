import { execFile } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { CommandError } from '../src/platform/errors.ts'
import type { Db } from '../src/platform/database/connect.ts'
import type { Activity } from '../src/platform/database/generated/client.ts'
import { postForms } from './forms.ts'
import { numbersIn } from './options.ts'
import type { Finding } from './run.ts'
import { aWorkshop, median, openBareServer, openBench } from './service.ts'
import type { Bench } from './service.ts'

const capacity = 2_000

/** Of the rate of multi-row INSERTs the desk reaches at least this share, over HTTP. */
const leastOfBulk = 0.35

/** It books so many times as fast as plain SQL that commits each booking on its own. */
const leastOfSingle = 6

/** Rows in each INSERT of the one that has nobody to answer. */
const bulkRows = 500

/** With earlier bookings stored, a burst keeps at least this share of the rate on an empty database. */
const leastKept = 0.9

/**
 * A burst of form posts to one activity over HTTP, each durably committed with its email queued, beside pgbench doing
 * the same per booking in plain SQL on the same server: lock the activity's row, insert the booking (whose trigger
 * updates the counter), insert the job, commit; and beside multi-row INSERTs of the same rows on one connection, which
 * no machine flatters: they neither read, decide nor answer, and pay for a commit once in 500 rows.
 *
 * `bare` is Node's HTTP server alone, which answers the same forms from the same generator and books nothing: whoever
 * answers one person at a time reaches at most `atMost` of the INSERTs, because these pay for no answer.
 *
 * With `--bookings N` that many are stored first, and each round is also run on a server without them.
 */
export async function measure (args: string[]): Promise<Finding> {
  const { rounds, seconds, bookings: stored } = numbersIn(args, { rounds: 3, seconds: 5, bookings: 0 })
  const pgbench = await findPgbench()
  const bench = await openBench()
  const empty = stored > 0 ? await openBench() : undefined
  try {
    if (stored > 0) await fill(bench.db, stored)
    const singles: number[] = []
    const bulks: number[] = []
    const bares: number[] = []
    const bursts: Burst[] = []
    const kept: number[] = []
    for (let round = 1; round <= rounds; round++) {
      singles.push(await plainSql(pgbench, bench, await aWorkshop(bench.db, capacity), seconds))
      bulks.push(await bulkSql(bench, await aWorkshop(bench.db, capacity), seconds))
      bursts.push(await burst(bench, await aWorkshop(bench.db, capacity), seconds))
      bares.push(await bareHttp(seconds))
      const { rate, p50, p99 } = bursts.at(-1) as Burst
      process.stdout.write(`round ${round}: plain SQL ${singles.at(-1)?.toFixed(0)}/s, ` +
        `${bulkRows} rows at a time ${bulks.at(-1)?.toFixed(0)}/s, over HTTP ${rate.toFixed(0)}/s, p50 ${p50} ms, p99 ${p99} ms, ` +
        `bare HTTP ${bares.at(-1)?.toFixed(0)}/s\n`)
      if (empty === undefined) continue
      const without = await burst(empty, await aWorkshop(empty.db, capacity), seconds)
      kept.push(rate / without.rate)
      process.stdout.write(`  without the ${stored} stored bookings ${without.rate.toFixed(0)}/s\n`)
    }
    const rate = median(bursts.map(({ rate }) => rate))
    const [single, bulk, bare] = [median(singles), median(bulks), median(bares)]
    const failure = median(kept) < leastKept
      ? `with ${stored} bookings stored the rate falls to ${median(kept).toFixed(2)} of the empty one`
      : bursts.flatMap(({ failure }) => failure ?? []).at(0) ?? (rate < leastOfSingle * single
        ? `it is ${(rate / single).toFixed(1)} times as fast as one booking a transaction, not ${leastOfSingle} times`
        : undefined)
    return {
      name: 'booking',
      rate: Math.round(rate),
      baseline: Math.round(bulk),
      ratio: Number((rate / bulk).toFixed(2)),
      target: leastOfBulk,
      bare: Math.round(bare),
      atMost: Number((bare / bulk).toFixed(2)),
      single: Math.round(single),
      ofSingle: Number((rate / single).toFixed(2)),
      p50: median(bursts.map(({ p50 }) => p50)),
      p99: median(bursts.map(({ p99 }) => p99)),
      bookings: bursts.reduce((sum, { bookings }) => sum + bookings, 0),
      oversold: 0,
      lost: 0,
      ...(stored > 0 && { stored, ofEmpty: Number(median(kept).toFixed(2)) }),
      ...(failure !== undefined && { failure })
    }
  } finally {
    await bench.close()
    await empty?.close()
  }
}

/** Bookings of other activities, so that indexes are as deep as after years. */
async function fill (db: Db, bookings: number): Promise<void> {
  const activities = 100
  process.stdout.write(`storing ${bookings} bookings first\n`)
  for (let n = 0; n < activities; n++) {
    const { id } = await aWorkshop(db, capacity)
    await db.$executeRaw`
      INSERT INTO bookings (activity_id, reference, name, email, canonical_email, role, places, status, created_at,
        changed_at, confirmed_at, submission_id)
      SELECT ${id}::uuid, gen_random_uuid()::text, 'Anne Kirkbride', mail, mail, 'parent', 1, 'confirmed', now(),
        now(), now(), gen_random_uuid()
      FROM (SELECT gen_random_uuid() || '@example.org' AS mail
        FROM generate_series(1, ${Math.ceil(bookings / activities)}::int)) AS mails`
  }
  await db.$executeRaw`VACUUM ANALYZE bookings`
  await db.$executeRaw`CHECKPOINT`
}

interface Burst { rate: number, p50: number, p99: number, bookings: number, failure?: string }

async function burst ({ db, url }: Bench, { id, slug }: Activity, seconds: number): Promise<Burst> {
  const { letters: before } = await current(db, id)
  const result = await postForms(`${url}/activities/${slug}/book`, seconds)
  const answered = result.statusCodeStats?.['303']?.count ?? 0
  const { confirmed, waiting, stored, letters: emails } = await current(db, id)
  const failure = result.requests.total !== answered
    ? `${result.requests.total - answered} requests were not answered with 303`
    : confirmed > capacity
      ? `${confirmed - capacity} places were oversold`
      : stored < answered || emails - before !== stored || confirmed + waiting !== stored
        ? `of ${answered} bookings answered ${stored} are stored with ${emails - before} emails`
        : undefined
  return {
    rate: answered / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    bookings: answered,
    ...(failure !== undefined && { failure })
  }
}

/** How often a server that books nothing answers the same forms. */
async function bareHttp (seconds: number): Promise<number> {
  const server = await openBareServer({ status: 303, length: 0 })
  const { requests, duration } = await postForms(server.url, seconds)
  await server.close()
  return requests.total / duration
}

/**
 * An activity's bookings, and the emails queued for all activities, at one moment: requests may still be in progress.
 */
async function current (db: Db, activityId: string) {
  const [row] = await db.$queryRaw<Array<Record<'confirmed' | 'waiting' | 'stored' | 'letters', number>>>`
    SELECT o.confirmed, o.waiting,
      (SELECT count(*)::int FROM bookings WHERE activity_id = o.activity_id) AS stored,
      (SELECT count(*)::int FROM pgboss.job WHERE name IN ('booking.confirmed', 'waiting-list.joined')) AS letters
    FROM occupancies o WHERE o.activity_id = ${activityId}::uuid`
  if (row === undefined) throw new Error('The activity has gone.')
  return row
}

async function plainSql (pgbench: string, { databaseUrl }: Bench, { id }: Activity, seconds: number): Promise<number> {
  const script = join(tmpdir(), `placekeeper-${process.pid}.sql`)
  await writeFile(script, `
    BEGIN;
    SELECT capacity FROM activities WHERE id = '${id}' FOR UPDATE;
    INSERT INTO bookings (activity_id, reference, name, email, canonical_email, role, places, status, created_at,
      changed_at, confirmed_at, submission_id)
    VALUES ('${id}', gen_random_uuid()::text, 'Anne Kirkbride', gen_random_uuid() || '@example.org',
      gen_random_uuid() || '@example.org', 'parent', 1, 'confirmed', now(), now(), now(), gen_random_uuid());
    INSERT INTO pgboss.job (name, data)
    VALUES ('booking.confirmed', '{"bookingId":"00000000-0000-4000-8000-000000000000","sequence":0}');
    COMMIT;`)
  const args = ['-n', '-f', script, '-c', '32', '-j', '2', '-T', String(seconds), databaseUrl]
  const { stdout } = await promisify(execFile)(pgbench, args)
  const [, tps] = /^tps = ([\d.]+)/m.exec(stdout) ?? []
  if (tps === undefined) throw new Error(`pgbench said nothing of its rate:\n${stdout}`)
  return Number(tps)
}

/** Rows a second of INSERTs of many, each with its trigger, durable and with a queued email, on one connection. */
async function bulkSql ({ databaseUrl }: Bench, { id }: Activity, seconds: number): Promise<number> {
  const rows = (row: string) => Array.from({ length: bulkRows }, () => row).join(', ')
  const bookings = `
    INSERT INTO bookings (activity_id, reference, name, email, canonical_email, role, places, status, created_at,
      changed_at, confirmed_at, submission_id)
    VALUES ${rows(`('${id}', gen_random_uuid()::text, 'Anne Kirkbride', gen_random_uuid() || '@example.org',
      gen_random_uuid() || '@example.org', 'parent', 1, 'confirmed', now(), now(), now(), gen_random_uuid())`)}`
  const jobs = `INSERT INTO pgboss.job (name, data) VALUES ${rows(
    "('booking.confirmed', '{\"bookingId\":\"00000000-0000-4000-8000-000000000000\",\"sequence\":0}')")}`
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const begun = performance.now()
    let written = 0
    for (; performance.now() - begun < seconds * 1000; written += bulkRows) {
      await client.query('BEGIN')
      await client.query(bookings)
      await client.query(jobs)
      await client.query('COMMIT')
    }
    return written / (performance.now() - begun) * 1000
  } finally {
    await client.end()
  }
}

async function findPgbench (): Promise<string> {
  const folders = [...(process.env.PATH ?? '').split(':')]
  for (const version of await readdir('/usr/lib/postgresql').catch(() => [])) {
    folders.push(`/usr/lib/postgresql/${version}/bin`)
  }
  for (const folder of folders) {
    if ((await readdir(folder).catch(() => [] as string[])).includes('pgbench')) return join(folder, 'pgbench')
  }
  throw new CommandError('This benchmark needs pgbench: install the package postgresql (Debian).')
}
