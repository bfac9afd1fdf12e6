import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { certificatesIn } from '../test/support/certificates.ts'
import { startHaproxy } from '../test/support/haproxy.ts'
import { aForm } from './forms.ts'
import { arrive, percentile } from './open-loop.ts'
import type { Arrivals } from './open-loop.ts'
import { numbersIn } from './options.ts'
import { keepTo } from './processor.ts'
import type { Finding } from './run.ts'
import { aWorkshop, median, openBench } from './service.ts'
import type { Bench } from './service.ts'

/** Of its best rate the service keeps at least this share, however many come. */
const leastKept = 0.8

/** Maximum time for 99 of 100 that are accepted, in milliseconds. */
const longestMs = 2_000

/** Maximum memory that the service's process comes to beyond what it had at its best rate, in MiB. */
const mostGrown = 256

/** Multiples of the first guess at which the best rate is looked for. */
const steps = [1, 1.4, 2, 2.8, 4, 5.6, 8, 11]

/**
 * Forms that arrive at five times the rate that the service can serve, beside its own best rate in the same run; each
 * is a booking of one activity. They come by HAProxy with the settings that we ship. Service, PostgreSQL and HAProxy
 * share one processor and the generator has another: those who come take nothing from the service that it needs.
 *
 * `alone` and `aloneP99` are what is left of the best rate, and the milliseconds of 99 of 100 that are accepted, if as
 * many come with no proxy in between.
 */
export async function measure (args: string[]): Promise<Finding> {
  const { rounds, seconds, from } = numbersIn(args, { rounds: 3, seconds: 5, from: 200 })
  const { bench, proxied, close } = await openBehindProxy()
  try {
    await served(bench, proxied, from, seconds)
    const [bests, floods, alone]: [number[], Flood[], Flood[]] = [[], [], []]
    const grown: number[] = []
    for (let round = 1; round <= rounds; round++) {
      let best = 0
      for (const step of steps) {
        const { rate, turnedAway } = await served(bench, proxied, from * step, seconds)
        best = Math.max(best, rate)
        if (turnedAway > 0 || rate < from * step * 0.9) break
      }
      const before = await residentMiB(bench.pid)
      const flood = await served(bench, proxied, best * 5, seconds)
      grown.push(await residentMiB(bench.pid) - before)
      bests.push(best)
      floods.push(flood)
      alone.push(await served(bench, bench.url, best * 5, seconds))
      process.stdout.write(`round ${round}: best ${best.toFixed(0)}/s; at ${(best * 5).toFixed(0)}/s ${inWords(flood)}, ` +
        `${grown.at(-1)?.toFixed(0)} MiB more; without the proxy ${inWords(alone.at(-1))}\n`)
    }
    const baseline = median(bests)
    const [rate, p99] = [median(floods.map(({ rate }) => rate)), median(floods.map(({ p99 }) => p99))]
    const failure = floods.flatMap(({ failure }) => failure ?? []).at(0) ??
      (p99 >= longestMs ? `accepted ones took up to ${p99.toFixed(0)} ms` : undefined) ??
      (Math.max(...grown) > mostGrown ? `memory grew by ${Math.max(...grown).toFixed(0)} MiB` : undefined)
    return {
      name: 'overload',
      rate: Math.round(rate),
      baseline: Math.round(baseline),
      ratio: ofBest(floods),
      target: leastKept,
      p99: Math.round(p99),
      turnedAway: floods.reduce((sum, { turnedAway }) => sum + turnedAway, 0),
      grownMiB: Math.round(Math.max(...grown)),
      alone: ofBest(alone),
      aloneP99: Math.round(median(alone.map(({ p99 }) => p99))),
      ...(failure !== undefined && { failure })
    }

    /** What is left of the best rate: of each round's, because a machine is not equally fast in all. */
    function ofBest (floods: readonly Flood[]): number {
      return Number(median(floods.map(({ rate }, round) => rate / (bests[round] ?? Number.NaN))).toFixed(2))
    }
  } finally {
    await close()
  }
}

function inWords (flood: Flood | undefined): string {
  return flood === undefined
    ? ''
    : `accepted ${flood.rate.toFixed(0)}/s, p99 ${flood.p99.toFixed(0)} ms, ` +
      `${flood.turnedAway} turned away, p99 ${flood.awayP99.toFixed(0)} ms`
}

/** The service and HAProxy in front of it, on the first processor; who calls this goes on on the second. */
async function openBehindProxy (): Promise<{ bench: Bench, proxied: string, close: () => Promise<void> }> {
  await keepTo(0)
  const bench = await openBench()
  const folder = await mkdtemp(join(tmpdir(), 'placekeeper-bench-proxy-'))
  const { cert, key } = await certificatesIn(folder)
  const pem = join(folder, 'both')
  await writeFile(pem, cert + key)
  const proxy = await startHaproxy({ port: Number(new URL(bench.url).port), pem, folder })
  await keepTo(1)
  return {
    bench,
    proxied: `http://127.0.0.1:${proxy.plain}`,
    async close () {
      await proxy.close()
      await bench.close()
      await rm(folder, { recursive: true })
    }
  }
}

interface Flood {
  rate: number
  p99: number
  awayP99: number
  turnedAway: number
  failure?: string | undefined
}

/** Lets forms arrive at a new activity, and looks each of them up. */
async function served ({ db }: Bench, url: string, perSecond: number, seconds: number): Promise<Flood> {
  const { id, slug } = await aWorkshop(db, 100_000)
  const arrivals = await arrive({ url: `${url}/activities/${slug}/book`, perSecond, seconds, body: aForm })
  const rows = await db.booking.findMany({ where: { activityId: id }, select: { email: true } })
  const stored = new Set(rows.map(({ email }) => email?.split('@')[0]))
  return {
    rate: arrivals.acceptedMs.length / arrivals.seconds,
    p99: percentile(arrivals.acceptedMs, 99),
    awayP99: percentile(arrivals.turnedAwayMs, 99),
    turnedAway: arrivals.turnedAway.length,
    failure: failureOf(arrivals, stored)
  }
}

function failureOf (
  { answered, accepted, turnedAway }: Arrivals, stored: ReadonlySet<string | undefined>
): string | undefined {
  const otherwise = [...answered].filter(([status]) => status !== 303 && status !== 503)
  if (otherwise.length > 0) return `some were answered otherwise: ${otherwise.map(([status, n]) => `${n} with ${status}`).join(', ')}`
  const lost = accepted.filter(id => !stored.has(id)).length
  if (lost > 0) return `${lost} bookings that were accepted are not stored`
  const written = turnedAway.filter(id => stored.has(id)).length
  return written > 0 ? `${written} that were turned away are stored` : undefined
}

/** Memory of a process, in MiB. */
async function residentMiB (pid: number): Promise<number> {
  const [, kib] = /^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) / 1024
}
