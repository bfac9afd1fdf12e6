import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CommandError } from '../src/platform/errors.ts'
import { systemClock } from '../src/platform/clock.ts'
import { mostAtOnce } from '../src/platform/database/snapshots.ts'
import { createSignInLink } from '../src/identity/sign-in/commands.ts'
import type { Activity } from '../src/platform/database/generated/client.ts'
import { postForms } from './forms.ts'
import { numbersIn } from './options.ts'
import type { Finding } from './run.ts'
import { aWorkshop, median, openBench } from './service.ts'
import type { Bench } from './service.ts'

/** A list in CSV takes at most twice as long as PostgreSQL's own program, and a workbook eight times. */
const leastCsv = 0.5
const leastWorkbook = 0.125

const mostFirstByteMs = 1_000
const mostGrowthMiB = 64

/** While a list goes out, one after the other, bookings keep at least this share of their rate. */
const leastKept = 0.8

/**
 * A list of 100,000 attendees over HTTP, as CSV and as a workbook, beside `psql \copy` of the same columns in the same
 * order to a file, from the same server, in turns. In the same run: how soon the first byte arrives, how much memory
 * the service takes more, and how many bookings a second it makes on another activity while a list is always on its
 * way, and, for information, while as many go out as may at once.
 */
export async function measure (args: string[]): Promise<Finding> {
  const { rounds, people, seconds } = numbersIn(args, { rounds: 5, people: 100_000, seconds: 5 })
  await findPsql()
  const bench = await openBench()
  try {
    const activity = await fill(bench, people)
    const cookie = await anOrganiser(bench)
    const address = (format: string) => `${bench.url}/staff/activities/${activity.slug}/attendees.${format}`
    // Both are warm: the first lists of a process are compiled while they are written.
    for (const format of ['csv', 'xlsx', 'csv', 'xlsx']) await download(address(format), cookie)
    const before = await memoryOf(bench)

    const [copies, lists, workbooks]: [number[], Download[], Download[]] = [[], [], []]
    let most = before
    for (let round = 1; round <= rounds; round++) {
      copies.push(await copy(bench, activity))
      const watched = watchMemory(bench)
      lists.push(await download(address('csv'), cookie))
      workbooks.push(await download(address('xlsx'), cookie))
      most = Math.max(most, await watched())
      const [list, workbook] = [lists.at(-1), workbooks.at(-1)]
      process.stdout.write(`round ${round}: psql ${copies.at(-1)?.toFixed(0)} ms, CSV ${list?.ms.toFixed(0)} ms ` +
        `(first byte ${list?.firstByteMs.toFixed(0)} ms), workbook ${workbook?.ms.toFixed(0)} ms ` +
        `(first byte ${workbook?.firstByteMs.toFixed(0)} ms)\n`)
    }
    const { besideOne, besideMost } = await bookingsMeanwhile(bench, address('csv'), cookie, { rounds: 3, seconds })

    const took = (all: Download[]) => median(all.map(({ ms }) => ms))
    const [baseline, csv, workbook] = [median(copies), took(lists), took(workbooks)]
    const firstByteMs = Math.max(...[...lists, ...workbooks].map(({ firstByteMs }) => firstByteMs))
    const growthMiB = (most - before) / 1024
    const failures = [
      baseline / workbook >= leastWorkbook ? [] : `a workbook takes ${(workbook / baseline).toFixed(1)} times as long`,
      firstByteMs <= mostFirstByteMs ? [] : `the first byte takes ${firstByteMs.toFixed(0)} ms`,
      growthMiB <= mostGrowthMiB ? [] : `the service takes ${growthMiB.toFixed(0)} MiB more`,
      besideOne >= leastKept ? [] : `bookings fall to ${besideOne.toFixed(2)} of their rate`
    ].flat()
    return {
      name: 'export',
      rate: Math.round(people / csv * 1000),
      baseline: Math.round(people / baseline * 1000),
      ratio: Number((baseline / csv).toFixed(2)),
      target: leastCsv,
      baselineIs: 'psql \\copy',
      workbookRatio: Number((baseline / workbook).toFixed(3)),
      workbookTarget: leastWorkbook,
      csvMs: Math.round(csv),
      workbookMs: Math.round(workbook),
      baselineMs: Math.round(baseline),
      firstByteMs: Math.round(firstByteMs),
      growthMiB: Math.round(growthMiB),
      bookingsKept: Number(besideOne.toFixed(2)),
      bookingsKeptBesideFour: Number(besideMost.toFixed(2)),
      ...(failures.length > 0 && { failure: failures.join('; ') })
    }
  } finally {
    await bench.close()
  }
}

async function findPsql (): Promise<void> {
  await promisify(execFile)('psql', ['--version']).catch(() => {
    throw new CommandError('This benchmark needs psql (Debian: apt-get install postgresql-client).')
  })
}

/** An activity with so many people, most of whom say something about themselves. */
async function fill ({ db }: Bench, people: number): Promise<Activity> {
  const activity = await aWorkshop(db, 1_000)
  // In portions, because a statement has a time limit.
  for (let first = 1; first <= people; first += 10_000) {
    await db.$executeRaw`
      INSERT INTO bookings (activity_id, reference, name, email, canonical_email, role, district, phone, access_needs, question, heard_from,
        places, status, created_at, changed_at, confirmed_at, submission_id)
      SELECT ${activity.id}::uuid, upper(substr(md5('r' || n), 1, 10)),
        (ARRAY['Anne', 'Bashir', 'Chloë', 'Dev', 'Łucja'])[1 + n % 5] || ' ' ||
          (ARRAY['Kirkbride', 'O’Brien', 'van der Berg'])[1 + n % 3] || ' ' || n,
        'person-' || n || '@example.org', 'person-' || n || '@example.org', 'parent', 'Westmorland and Furness',
        CASE n % 3 WHEN 0 THEN '07700 900982' WHEN 1 THEN '+447700900982' END,
        CASE WHEN n % 10 = 1 THEN 'Captions, please' END, CASE WHEN n % 8 = 1 THEN 'How do I "begin"?' END,
        CASE WHEN n % 2 = 1 THEN 'School' END, 1 + n % 2, 'confirmed', now() - n * interval '1 minute', now(), now(),
        gen_random_uuid()
      FROM generate_series(${first}::int, ${Math.min(people, first + 9_999)}::int) AS n`
  }
  await db.$executeRaw`VACUUM ANALYZE bookings`
  return activity
}

/** The same rows and columns, written by PostgreSQL's own program; returns how many milliseconds it took. */
async function copy ({ databaseUrl }: Bench, { id }: Activity): Promise<number> {
  const file = join(tmpdir(), `placekeeper-copy-${id}.csv`)
  const query = `
    SELECT b.reference, b.name, b.email, b.phone,
      CASE WHEN b.status = 'lapsed' AND b.lapse_reason = 'refused' THEN b.lapse_reason ELSE b.status END AS status, b.places, b.role,
      b.district, b.access_needs, b.question, b.heard_from,
      to_char(b.created_at AT TIME ZONE a.zone, 'YYYY-MM-DD HH24:MI') AS booked_at,
      CASE WHEN b.attended THEN 'yes' WHEN NOT b.attended THEN 'no' END AS attended
    FROM bookings AS b JOIN activities AS a ON a.id = b.activity_id WHERE b.activity_id = '${id}'
    ORDER BY b.status NOT IN ('confirmed', 'waiting', 'offered'),
      coalesce(array_position(ARRAY['confirmed', 'offered', 'waiting'], b.status), 4), b.arrival, b.id`
  const start = performance.now()
  const psql = spawn('psql', [databaseUrl, '--quiet', '--no-psqlrc', '-c', `\\copy (${query.replaceAll(/\s+/g, ' ')}) to '${file}' csv header`], {
    stdio: ['ignore', 'ignore', 'inherit']
  })
  const [code] = await once(psql, 'exit')
  const took = performance.now() - start
  await rm(file)
  if (code !== 0) throw new Error('psql could not copy the rows.')
  return took
}

interface Download { ms: number, firstByteMs: number }

async function download (url: string, cookie: string): Promise<Download> {
  const start = performance.now()
  const answer = await fetch(url, { headers: { cookie }, redirect: 'manual' })
  if (answer.status !== 200 || answer.body === null) throw new Error(`The list was answered with ${answer.status}.`)
  let firstByteMs = Number.NaN
  for await (const chunk of answer.body) {
    if (Number.isNaN(firstByteMs) && (chunk as Uint8Array).length > 0) firstByteMs = performance.now() - start
  }
  return { ms: performance.now() - start, firstByteMs }
}

/** What the service takes of the machine's memory, in KiB. */
async function memoryOf ({ pid }: Bench): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => {
    throw new CommandError('This benchmark reads memory from /proc, which only Linux has.')
  })
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])
}

/** Watches the service's memory until the returned function is called, which returns the most that it took. */
function watchMemory (bench: Bench): () => Promise<number> {
  let most = 0
  const look = async () => { most = Math.max(most, await memoryOf(bench)) }
  const watch = setInterval(() => { void look() }, 20)
  return async () => {
    clearInterval(watch)
    await look()
    return most
  }
}

/** The share of their rate that bookings keep beside one list, and beside as many as may be; in turns. */
async function bookingsMeanwhile (
  bench: Bench, list: string, cookie: string, { rounds, seconds }: { rounds: number, seconds: number }
): Promise<{ besideOne: number, besideMost: number }> {
  const kept: Record<number, number[]> = { 1: [], [mostAtOnce]: [] }
  await bookings(bench, seconds)
  for (let round = 1; round <= rounds; round++) {
    const without = await bookings(bench, seconds)
    for (const atOnce of [1, mostAtOnce]) {
      const lists = keepDownloading(list, cookie, atOnce)
      const beside = await bookings(bench, seconds)
      kept[atOnce]?.push(beside / without)
      process.stdout.write(`bookings: ${without.toFixed(0)}/s, ${beside.toFixed(0)}/s beside ${atOnce} at once, ` +
        `${await lists()} lists in all\n`)
    }
  }
  return { besideOne: median(kept[1] ?? []), besideMost: median(kept[mostAtOnce] ?? []) }
}

/** Keeps so many lists on their way; the returned function stops that, and returns how many there were. */
function keepDownloading (list: string, cookie: string, atOnce: number): () => Promise<number> {
  const stop = new AbortController()
  let lists = 0
  const oneAfterTheOther = async () => {
    while (!stop.signal.aborted) {
      await download(list, cookie)
      lists++
    }
  }
  const all = Array.from({ length: atOnce }, oneAfterTheOther)
  return async () => {
    stop.abort()
    await Promise.all(all)
    return lists
  }
}

async function bookings ({ db, url }: Bench, seconds: number): Promise<number> {
  const { slug } = await aWorkshop(db, 2_000)
  const result = await postForms(`${url}/activities/${slug}/book`, seconds)
  return (result.statusCodeStats?.['303']?.count ?? 0) / result.duration
}

/** The cookie of an organiser of the partnership itself. */
async function anOrganiser ({ db, url }: Bench): Promise<string> {
  const { email } = await db.staffMember.create({
    data: { email: 'olu@council.example', name: 'Olu Organiser', role: 'organiser' }
  })
  const link = await createSignInLink(db, { email, publicUrl: url }, systemClock())
  const answer = await fetch(link, { method: 'POST', redirect: 'manual' })
  const cookie = answer.headers.getSetCookie().map(cookie => cookie.split(';')[0] ?? '').find(cookie => cookie.startsWith('session='))
  if (cookie === undefined) throw new Error(`Signing in was answered with ${answer.status}.`)
  return cookie
}
