import autocannon from 'autocannon'
import { randomUUID } from 'node:crypto'
import type { Db } from '../src/platform/database/connect.ts'
import { numbersIn } from './options.ts'
import type { Finding } from './run.ts'
import { aWorkshop, median, openBench } from './service.ts'

/** Maximum age of what the page shows, in milliseconds. */
const oldest = 2_000

/**
 * The activity's page beside a route of the same process, behind the same plugins, that answers with a fixed string of
 * the same size. Then: for how long after a booking the page still shows the old number.
 */
export async function measure (args: string[]): Promise<Finding> {
  const { rounds, seconds } = numbersIn(args, { rounds: 3, seconds: 4 })
  const bench = await openBench({ entry: 'bench/page-service.ts' })
  try {
    const { slug } = await aWorkshop(bench.db, 20)
    const page = `${bench.url}/activities/${slug}`
    const size = (await (await fetch(page)).text()).length
    const rates: Record<'page' | 'fixed', number[]> = { page: [], fixed: [] }
    for (let round = 1; round <= rounds; round++) {
      rates.fixed.push(await rateOf(`${bench.url}/fixed?size=${size}`, seconds))
      rates.page.push(await rateOf(page, seconds))
      process.stdout.write(`round ${round}: fixed string ${rates.fixed.at(-1)?.toFixed(0)}/s, ` +
        `page ${rates.page.at(-1)?.toFixed(0)}/s, ${size} characters\n`)
    }
    const age = await greatestAge(bench.db, slug, page)
    const [rate, baseline] = [median(rates.page), median(rates.fixed)]
    return {
      name: 'page',
      rate: Math.round(rate),
      baseline: Math.round(baseline),
      ratio: Number((rate / baseline).toFixed(2)),
      target: 0.5,
      characters: size,
      greatestAgeMs: age,
      ...(age > oldest && { failure: `the page showed what was ${age} ms old` })
    }
  } finally {
    await bench.close()
  }
}

async function rateOf (url: string, duration: number): Promise<number> {
  const result = await autocannon({ url, connections: 64, duration })
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${url} did not always answer.`)
  return result.requests.total / result.duration
}

/** Returns the longest wait to see a change, over several made at odd moments while the page is read all the time. */
async function greatestAge (db: Db, slug: string, page: string): Promise<number> {
  let greatest = 0
  for (let left = 19; left >= 10; left--) {
    await fetch(page)
    await new Promise(resolve => { setTimeout(resolve, Math.random() * 1_000) })
    await db.$executeRaw`
      INSERT INTO bookings (activity_id, reference, name, email, canonical_email, role, places, status, created_at,
        changed_at, confirmed_at, submission_id)
      SELECT id, ${randomUUID()}, 'Anne Kirkbride', ${`${left}@example.org`}, ${`${left}@example.org`}, 'parent', 1,
        'confirmed', now(), now(), now(), gen_random_uuid() FROM activities WHERE slug = ${slug}`
    const changed = Date.now()
    while (!(await (await fetch(page)).text()).includes(`${left} places left`)) {
      if (Date.now() - changed > 10_000) throw new Error('The page never showed a booking.')
    }
    greatest = Math.max(greatest, Date.now() - changed)
  }
  return greatest
}
