import { readFile } from 'node:fs/promises'
import { aForm } from './forms.ts'
import { arrive, percentile } from './open-loop.ts'
import type { Arrivals } from './open-loop.ts'
import { numbersIn } from './options.ts'
import type { Finding } from './run.ts'
import { aWorkshop, median, openBareServer, openBench } from './service.ts'
import type { Bench } from './service.ts'

/** Of its best rate the service keeps at least this share, however many come. */
const leastKept = 0.8

/** Maximum time for 99 of 100 that are accepted, in milliseconds. */
const longestMs = 2_000

/** Maximum memory that the service's process comes to beyond what it had at its best rate, in MiB. */
const mostGrown = 256

/** Length of the page of who is turned away, in characters. */
const pageLength = 7_000

/** Multiples of the first guess at which the best rate is looked for. */
const steps = [1, 1.4, 2, 2.8, 4, 5.6, 8, 11]

/**
 * Forms that arrive at five times the rate that the service can serve, beside its own best rate in the same run;
 * each is a booking of one activity. Generator, service and PostgreSQL share the machine's processor: what the
 * generator takes at five times the rate is missing to the service, which makes this harder than in earnest.
 *
 * `accepted` and `refused` are milliseconds of processor that one form costs the service's process, and `bare` what a
 * refusal costs Node's HTTP server alone: figures that a busy machine changes less than rates. `atMost` is the share
 * of the best rate that one thread has left by them if a refusal costs no more than that.
 */
export async function measure (args: string[]): Promise<Finding> {
  const { rounds, seconds, from } = numbersIn(args, { rounds: 3, seconds: 5, from: 200 })
  const bench = await openBench()
  try {
    await served(bench, from, seconds)
    const [bests, floods]: [number[], Flood[]] = [[], []]
    const grown: number[] = []
    const costs: Costs[] = []
    for (let round = 1; round <= rounds; round++) {
      let [best, accepted] = [0, Number.NaN]
      for (const step of steps) {
        const { rate, turnedAway, ...run } = await served(bench, from * step, seconds)
        if (rate > best) [best, accepted] = [rate, run.cpuMs / run.accepted]
        if (turnedAway > 0 || rate < from * step * 0.9) break
      }
      const before = await residentMiB(bench.pid)
      const flood = await served(bench, best * 5, seconds)
      grown.push(await residentMiB(bench.pid) - before)
      costs.push({
        accepted,
        refused: (flood.cpuMs - flood.accepted * accepted) / flood.turnedAway,
        bare: await bareRefusal(best * 5, seconds)
      })
      bests.push(best)
      floods.push(flood)
      process.stdout.write(`round ${round}: best ${best.toFixed(0)}/s; at ${(best * 5).toFixed(0)}/s accepted ` +
        `${flood.rate.toFixed(0)}/s, p99 ${flood.p99.toFixed(0)} ms, ${flood.turnedAway} turned away, ` +
        `p99 ${flood.awayP99.toFixed(0)} ms, ${grown.at(-1)?.toFixed(0)} MiB more; ` +
        `${inFigures(costs.at(-1))}\n`)
    }
    const [rate, p99] = [median(floods.map(({ rate }) => rate)), median(floods.map(({ p99 }) => p99))]
    const baseline = median(bests)
    const cost = { accepted: of('accepted'), refused: of('refused'), bare: of('bare') }
    const failure = floods.flatMap(({ failure }) => failure ?? []).at(0) ??
      (p99 >= longestMs ? `accepted ones took up to ${p99.toFixed(0)} ms` : undefined) ??
      (Math.max(...grown) > mostGrown ? `memory grew by ${Math.max(...grown).toFixed(0)} MiB` : undefined)
    return {
      name: 'overload',
      rate: Math.round(rate),
      baseline: Math.round(baseline),
      ratio: Number((rate / baseline).toFixed(2)),
      target: leastKept,
      atMost: Number(Math.min(1, leftBy(cost, baseline)).toFixed(2)),
      ...Object.fromEntries(Object.entries(cost).map(([name, ms]) => [name, Number(ms.toFixed(3))])),
      p99: Math.round(p99),
      turnedAway: floods.reduce((sum, { turnedAway }) => sum + turnedAway, 0),
      grownMiB: Math.round(Math.max(...grown)),
      ...(failure !== undefined && { failure })
    }

    function of (name: keyof Costs): number {
      return median(costs.map(cost => cost[name]))
    }
  } finally {
    await bench.close()
  }
}

/** Milliseconds of processor for one form. */
interface Costs { accepted: number, refused: number, bare: number }

function inFigures (costs: Costs | undefined): string {
  return Object.entries(costs ?? {}).map(([name, ms]) => `${name} ${Number(ms).toFixed(3)} ms`).join(', ')
}

/** The share of its best rate that a thread has left at five times that rate, if a refusal costs it only `bare`. */
function leftBy ({ accepted, bare }: Costs, best: number): number {
  return (1000 / best - 5 * bare) / (accepted - bare)
}

/** Milliseconds of processor for each form that a bare server turns away, arriving at this rate. */
async function bareRefusal (perSecond: number, seconds: number): Promise<number> {
  const server = await openBareServer({ status: 503, length: pageLength })
  const before = await processorMs(server.pid)
  const { sent } = await arrive({ url: server.url, perSecond, seconds, body: aForm })
  const spent = await processorMs(server.pid) - before
  await server.close()
  return spent / sent
}

interface Flood {
  rate: number
  p99: number
  awayP99: number
  accepted: number
  turnedAway: number
  /** Of the service's process. */
  cpuMs: number
  failure?: string | undefined
}

/** Lets forms arrive at a new activity, and looks each of them up. */
async function served ({ db, url, pid }: Bench, perSecond: number, seconds: number): Promise<Flood> {
  const { id, slug } = await aWorkshop(db, 100_000)
  const before = await processorMs(pid)
  const arrivals = await arrive({ url: `${url}/activities/${slug}/book`, perSecond, seconds, body: aForm })
  const cpuMs = await processorMs(pid) - before
  const rows = await db.booking.findMany({ where: { activityId: id }, select: { email: true } })
  const stored = new Set(rows.map(({ email }) => email?.split('@')[0]))
  return {
    rate: arrivals.acceptedMs.length / arrivals.seconds,
    p99: percentile(arrivals.acceptedMs, 99),
    awayP99: percentile(arrivals.turnedAwayMs, 99),
    accepted: arrivals.accepted.length,
    turnedAway: arrivals.turnedAway.length,
    cpuMs,
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

/** What a process has had of the processor, in milliseconds; Linux counts it in hundredths of a second. */
async function processorMs (pid: number): Promise<number> {
  const [, counts = ''] = /\) (.*)/.exec(await readFile(`/proc/${pid}/stat`, 'utf8')) ?? []
  const fields = counts.split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Memory of a process, in MiB. */
async function residentMiB (pid: number): Promise<number> {
  const [, kib] = /^VmRSS:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) / 1024
}
