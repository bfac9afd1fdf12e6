import autocannon from 'autocannon'
import { randomUUID } from 'node:crypto'
import type { Db } from '../src/platform/database/connect.ts'
import { numbersIn } from './options.ts'
import type { Finding } from './run.ts'
import { median, openBench } from './service.ts'

/** Maximum milliseconds of a page that nobody has asked for within the last second. */
const coldest = 30
/** How often a page is asked for cold; the first times warm the process up, which otherwise runs for weeks. */
const [coldRounds, warmUps] = [25, 10]

interface Measured { rate: number, fixed: number, ratio: number, coldMs: number, characters: number }

/**
 * The page of a week of 60 activities, and that of a campaign of 500, beside a fixed string of the same size from the
 * same process, behind the same plugins. Then: how long each takes when it has to be made anew.
 */
export async function measure (args: string[]): Promise<Finding> {
  const { rounds, seconds } = numbersIn(args, { rounds: 3, seconds: 3 })
  const bench = await openBench({ entry: 'bench/page-service.ts' })
  try {
    const found: Record<string, Measured> = {}
    for (const [name, size, days] of [['week', 60, 7], ['campaign', 500, 20]] as const) {
      await aProgramme(bench.db, name, size, days)
      found[name] = await measured(bench.url, `/campaigns/${name}`, rounds, seconds)
      const { rate, fixed, ratio, coldMs, characters } = found[name]
      process.stdout.write(`${size} activities: fixed string ${fixed.toFixed(0)}/s, page ${rate.toFixed(0)}/s, ` +
        `${ratio.toFixed(2)}; cold ${coldMs.toFixed(1)} ms; ${characters} characters\n`)
    }
    const all = Object.values(found)
    const worst = all.reduce((one, other) => other.ratio < one.ratio ? other : one)
    const coldMs = Math.max(...all.map(({ coldMs }) => coldMs))
    return {
      name: 'programme',
      rate: Math.round(worst.rate),
      baseline: Math.round(worst.fixed),
      ratio: Number(worst.ratio.toFixed(2)),
      target: 0.9,
      coldMs: Number(coldMs.toFixed(1)),
      ...(coldMs > coldest && { failure: `a page took ${coldMs.toFixed(1)} ms to make` })
    }
  } finally {
    await bench.close()
  }
}

async function measured (origin: string, path: string, rounds: number, seconds: number): Promise<Measured> {
  const characters = (await (await fetch(origin + path)).text()).length
  const rates: Array<{ page: number, fixed: number }> = []
  for (let round = 0; round < rounds; round++) {
    const fixed = await rateOf(`${origin}/fixed?size=${characters}`, seconds)
    rates.push({ fixed, page: await rateOf(origin + path, seconds) })
  }
  return {
    rate: median(rates.map(({ page }) => page)),
    fixed: median(rates.map(({ fixed }) => fixed)),
    ratio: median(rates.map(({ page, fixed }) => page / fixed)),
    coldMs: await coldTime(origin + path),
    characters
  }
}

async function rateOf (url: string, duration: number): Promise<number> {
  const result = await autocannon({ url, connections: 64, duration })
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${url} did not always answer.`)
  return result.requests.total / result.duration
}

/** The usual time of a page that is made anew: a page is kept for a second. */
async function coldTime (url: string): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < coldRounds; round++) {
    await new Promise(resolve => { setTimeout(resolve, 1_050) })
    const began = performance.now()
    await (await fetch(url)).text()
    if (round >= warmUps) times.push(performance.now() - began)
  }
  return median(times)
}

const districts = ['Bolton', 'Bury', 'Manchester', 'Oldham', 'Rochdale', 'Salford', 'Stockport', 'Tameside', 'Trafford', 'Wigan']
const bookings = ['places', 'drop-in', 'none', 'invitation']

/** Activities of some days, of all kinds of taking part. */
async function aProgramme (db: Db, slug: string, size: number, days: number): Promise<void> {
  const { id: campaignId } = await db.campaign.create({
    data: { slug, title: 'Know who your friends are', kind: 'week-of-action', partnership: 'Bench', districts }
  })
  const first = Date.now() - Date.now() % 86_400_000 + 7 * 86_400_000
  await db.activity.createMany({
    data: Array.from({ length: size }, (_, n) => {
      const startsAt = new Date(first + n % days * 86_400_000 + (9 + n % 11) * 3_600_000)
      const booking = bookings[n % bookings.length] as string
      return {
        campaignId,
        slug: `${slug}-${randomUUID()}`,
        title: 'Street surgery: stop and talk',
        kind: 'street-surgery',
        venue: 'Victoria Square',
        district: districts[n % districts.length] as string,
        audiences: ['parents', 'carers'],
        startsAt,
        endsAt: new Date(startsAt.getTime() + 3_600_000),
        visibility: 'public',
        status: 'published',
        booking,
        capacity: booking === 'places' ? 20 : null
      }
    })
  })
}
