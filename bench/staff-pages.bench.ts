import { parseArgs } from 'node:util'
import type { FastifyInstance } from 'fastify'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { buildApp } from '../src/app.ts'
import { systemClock } from '../src/platform/clock.ts'
import { openOutbox } from '../src/platform/outbox.ts'
import { createSignInLink } from '../src/identity/sign-in/commands.ts'
import { joinLinkSeal } from '../src/programme/teams/seal.ts'
import { addressOf } from '../test/support/everything.ts'
import type { Everything } from '../test/support/everything.ts'
import { staffRoutes, withItsRoutes } from '../test/support/routes.ts'
import type { Route } from '../test/support/routes.ts'
import { partsOf } from '../test/support/service.ts'
import type { Finding } from './run.ts'
import { benchKey, median, openBench } from './service.ts'
import type { Bench } from './service.ts'
import { growOrganisersSide, largestOfEach } from './staff-pages.rows.ts'

/** A request to measure: a GET, or the only form that just reads. */
interface Page {
  /** Its route, as the list names it. */
  name: string
  address: string
  body?: Record<string, string>
}

interface Measured {
  times: number[]
  queries: number
}

/** Maximum time of any page at the 95th percentile. */
const maxMs = 100

/** These pages redirect someone who has no authenticator and has lately shown who they are. */
const elsewhere = [
  '/staff/account/second-factor', '/staff/account/second-factor/removal', '/staff/members/:id/second-factor', '/staff/again'
]

/** Files rather than pages, written while they are read, some rows at a time: more rows take more reads. */
const written = ['/staff/activities/:slug/attendees.csv', '/staff/activities/:slug/attendees.xlsx']

/** Made by a process of its own, which takes longer than a page may: how long is in docs/how-it-works.md. */
const made = ['/staff/activities/:slug/sign-in-sheet.pdf', '/staff/reports/report.pdf', '/staff/campaigns/:slug/report.pdf']

/** At these the largest activity, which is still to come, has nothing; or the address alone asks for nothing. */
const empty = ['/staff/activities/:slug/evaluation/charts/:question', '/staff/lists/new']

/** A page of the same service, behind the same sign-in, that reads next to nothing. */
const trivial = '/staff/account'

/**
 * Requests every organisers' page, as an admin sees it, one after the other in one browser: with 20 activities and
 * 2,000 bookings, then with ten times as many of everything. Where an address names something, it is the largest there
 * is. In the same rounds it requests a page that reads next to nothing.
 *
 * The results: how long the slowest page takes at the 95th percentile, how far that is from the trivial one, and that
 * no page sends more queries when there is more data.
 */
export async function measure (args: string[]): Promise<Finding> {
  const { values } = parseArgs({
    args, options: { rounds: { type: 'string', default: '60' }, only: { type: 'string' } }
  })
  const bench = await openBench()
  try {
    const counting = await countingApp(bench)
    try {
      const { cookie, member } = await anAdmin(bench)
      let its: Everything | undefined
      const sizes = { few: [20, 2_000], many: [200, 20_000] } as const
      const measured: Record<keyof typeof sizes, Map<string, Measured>> = { few: new Map(), many: new Map() }
      for (const size of ['few', 'many'] as const) {
        const [activities, bookings] = sizes[size]
        process.stdout.write(`making ${activities} activities and ${bookings} bookings\n`)
        await growOrganisersSide(bench.db, { activities, bookings })
        its ??= await largestOfEach(bench.db, member)
        const pages = pagesOf(counting.routes, its)
          .filter(({ name }) => values.only === undefined || name === trivial || name.includes(values.only))
        measured[size] = await times({ bench, counting, cookie, pages }, Number(values.rounds))
      }
      return findingOf(measured)
    } finally {
      await counting.close()
    }
  } finally {
    await bench.close()
  }
}

/** Every address to measure, from the app's own list, and some again with the parameters that they take. */
function pagesOf (routes: readonly Route[], its: Everything): Page[] {
  const pages = staffRoutes(routes).filter(({ method, permission }) => method === 'GET' && permission !== undefined)
    .filter(({ url }) => ![...elsewhere, ...made, ...empty].includes(url))
    .map(({ url }) => ({ name: url, address: addressOf(url, its) }))
  const also: Page[] = [
    { name: '/staff/activities?view=past', address: '/staff/activities?view=past' },
    { name: '/staff/activities, filtered', address: '/staff/activities?state=full&q=safe' },
    { name: '/staff/activities, as a calendar', address: '/staff/activities?as=calendar' },
    { name: '/staff/activities/new, of one campaign', address: `/staff/activities/new?campaign=${its.campaign}` },
    { name: '/staff/lists/new, of one', address: `/staff/lists/new?campaign=${its.itsCampaign}&activity=${its.activity.slug}` },
    { name: '/staff/audit, of one activity', address: `/staff/audit?subject=${its.activity.slug}` },
    { name: '/staff/people, by name', address: '/staff/people', body: { q: 'Anne' } },
    { name: '/staff/people, by address', address: '/staff/people', body: { q: 'person-1@' } }
  ]
  return [...pages, ...also.filter(({ address, body }) => routes.some(({ method, url }) =>
    url === address.replace(/\?.*/, '') && method === (body === undefined ? 'GET' : 'POST')))]
}

/** The milliseconds of each page, measured in rounds so that other work on the machine affects all pages alike. */
async function times (
  { bench, counting, cookie, pages }: {
    bench: Bench, counting: Awaited<ReturnType<typeof countingApp>>, cookie: string, pages: readonly Page[]
  }, rounds: number
): Promise<Map<string, Measured>> {
  const measured = new Map<string, Measured>()
  for (const page of pages) {
    measured.set(page.name, { times: [], queries: await counting.queriesOf(page, cookie) })
  }
  for (let round = -3; round < rounds; round++) {
    for (const page of pages) {
      const start = performance.now()
      const { status, body } = await ask(`${bench.url}${page.address}`, page, cookie)
      const took = performance.now() - start
      if (status !== 200) throw new Error(`${page.name} was answered with ${status}: ${/<h1[^]*?<.h1>/.exec(body)?.[0] ?? ''}`)
      // The first rounds warm it up.
      if (round >= 0) measured.get(page.name)?.times.push(took)
    }
  }
  return measured
}

async function ask (url: string, { body }: Page, cookie: string): Promise<{ status: number, body: string }> {
  const answer = await fetch(url, {
    redirect: 'manual', headers: { cookie }, ...(body && { method: 'POST', body: new URLSearchParams(body) })
  })
  return { status: answer.status, body: await answer.text() }
}

function findingOf ({ few, many }: Record<'few' | 'many', Map<string, Measured>>): Finding {
  const rows = [...many].map(([name, { times, queries }]) => {
    const before = few.get(name) ?? { times: [], queries: Number.NaN }
    return {
      name, p50: median(times), p95: percentile95(times), queries, few: { ...before, p95: percentile95(before.times) }
    }
  }).sort((one, other) => other.p95 - one.p95)
  process.stdout.write('page: milliseconds with 2,000 bookings, with 20,000 (half of the time, 19 times of 20); queries\n')
  for (const { name, p50, p95, queries, few } of rows) {
    process.stdout.write(`${name.padEnd(64)} ${shown(median(few.times))} ${shown(few.p95)} | ${shown(p50)} ${shown(p95)} | ` +
      `${few.queries}${few.queries === queries ? '' : ` → ${queries}`}\n`)
  }
  const account = rows.find(({ name }) => name === trivial)
  const slowest = rows[0]
  if (account === undefined || slowest === undefined) throw new Error('There is nothing to compare.')
  const failures = [
    ...rows.filter(({ p95 }) => p95 > maxMs).map(({ name, p95 }) => `${name} took ${shown(p95).trim()} ms`),
    ...rows.filter(({ name, queries, few }) => queries !== few.queries && !written.includes(name))
      .map(({ name, queries, few }) => `${name} asked the database ${queries} times instead of ${few.queries}`)
  ]
  return {
    name: 'staff-pages',
    rate: Number((1000 / slowest.p95).toFixed(2)),
    baseline: Number((1000 / account.p95).toFixed(2)),
    ratio: Number((account.p95 / slowest.p95).toFixed(3)),
    target: 0.1,
    pages: rows.length,
    slowest: slowest.name,
    slowestP95Ms: Number(slowest.p95.toFixed(1)),
    baselineP95Ms: Number(account.p95.toFixed(1)),
    ...(failures.length > 0 && { failure: failures.join('; ') })
  }
}

function shown (milliseconds: number): string {
  return milliseconds.toFixed(1).padStart(6)
}

function percentile95 (numbers: readonly number[]): number {
  return [...numbers].sort((one, other) => one - other)[Math.ceil(numbers.length * 0.95) - 1] ?? Number.NaN
}

/** The app again, in this process, on the same database: it lists the pages, and counts the queries of each. */
async function countingApp ({ db, databaseUrl, url: publicUrl }: Bench) {
  const boss = new PgBoss({ connectionString: databaseUrl, supervise: false, schedule: false, migrate: false })
  await boss.start()
  const parts = partsOf({ db, outbox: await openOutbox(boss, []), url: databaseUrl })
  const { app, routes } = await withItsRoutes(async () =>
    await buildApp({ ...parts, clock: systemClock, seal: joinLinkSeal(benchKey), publicUrl }))
  const counted = countQueries()

  async function queriesOf (page: Page, cookie: string): Promise<number> {
    const counts: number[] = []
    // Background work, such as reading the helplines again, only ever adds queries: the minimum is the page's own.
    for (let n = 0; n < 4; n++) {
      counted.queries = 0
      await injected(app, page, cookie)
      counts.push(counted.queries)
    }
    return Math.min(...counts)
  }

  async function close (): Promise<void> {
    counted.stop()
    await app.close()
    await boss.stop({ graceful: false })
  }

  return { routes, queriesOf, close }
}

async function injected (app: FastifyInstance, { address: url, body }: Page, cookie: string): Promise<void> {
  const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' }
  await app.inject(body === undefined
    ? { url, headers: { cookie } }
    : { method: 'POST', url, headers, payload: new URLSearchParams(body).toString() })
}

/** Counts every query that this process sends to PostgreSQL, by whichever path. */
function countQueries (): { queries: number, stop: () => void } {
  const prototype = pg.Client.prototype as unknown as { query: (...given: unknown[]) => unknown }
  const { query } = prototype
  const counted = { queries: 0, stop: () => { prototype.query = query } }
  prototype.query = function (...given) {
    counted.queries++
    return query.apply(this, given)
  }
  return counted
}

/** An admin who belongs to the partnership itself, and their cookie. */
async function anAdmin ({ db, url }: Bench) {
  const member = await db.staffMember.create({
    data: { email: 'olu@council.example', name: 'Olu Organiser', role: 'admin' }
  })
  const link = await createSignInLink(db, { email: member.email, publicUrl: url }, systemClock())
  const answer = await fetch(link, { method: 'POST', redirect: 'manual' })
  const cookie = answer.headers.getSetCookie().map(cookie => cookie.split(';')[0] ?? '').find(cookie => cookie.startsWith('session='))
  if (cookie === undefined) throw new Error(`Signing in was answered with ${answer.status}.`)
  return { cookie, member }
}
