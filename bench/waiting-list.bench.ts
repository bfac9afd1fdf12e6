import { setTimeout as sleep } from 'node:timers/promises'
import { PgBoss } from 'pg-boss'
import { bookingLinks } from '../src/booking/bookings/link.ts'
import type { Db } from '../src/platform/database/connect.ts'
import type { Activity } from '../src/platform/database/generated/client.ts'
import { systemClock } from '../src/platform/clock.ts'
import { openOutbox } from '../src/platform/outbox.ts'
import { sweepWaitingLists } from '../src/booking/waiting-list/serve.ts'
import { numbersIn } from './options.ts'
import type { Finding } from './run.ts'
import { aWorkshop, benchKey, median, openBench } from './service.ts'
import type { Bench } from './service.ts'

/** A freed place reaches its person within this long of the commit, however long the waiting list. */
const reachMs = 1000
/** Maximum time of a sweep with nothing to do. */
const idleSweepMs = 100
const idleActivities = 1000
const portion = 5000

/**
 * How long a freed place takes to reach its person: someone cancels over HTTP, and the email to the next in line is
 * queued. With 100,000 people waiting on the activity, beside the same with 100. Then how long a sweep takes over 1,000
 * activities with nothing to do, for different reasons.
 */
export async function measure (args: string[]): Promise<Finding> {
  const { waiting, places } = numbersIn(args, { waiting: 100_000, places: 20 })
  const bench = await openBench({ role: 'all' })
  try {
    process.stdout.write(`putting ${waiting} people on one waiting list, and 100 on each of ${idleActivities} others\n`)
    const [short, long] = [await aFullWorkshop(bench.db, places, 100), await aFullWorkshop(bench.db, places, waiting)]
    for (let n = 0; n < idleActivities; n++) await anIdleList(bench.db, n)
    await bench.db.$executeRaw`VACUUM ANALYZE bookings, occupancies, activities`

    const times = { short: new Array<number>(), long: new Array<number>() }
    for (let n = 0; n < places; n++) {
      times.short.push(await freeOne(bench, short))
      times.long.push(await freeOne(bench, long))
    }
    const sweeps = await idleSweeps(bench)
    const [baseline, time] = [median(times.short), median(times.long)]
    const [slowest, slowestSweep] = [Math.max(...times.long), Math.max(...sweeps)]
    process.stdout.write(`a freed place reached its person in ${time} ms (at most ${slowest} ms) with ${waiting} waiting, ` +
      `in ${baseline} ms with 100; a sweep over ${idleActivities} idle activities took ${median(sweeps)} ms ` +
      `(at most ${slowestSweep} ms)\n`)
    const failure = slowest > reachMs
      ? `a freed place took ${slowest} ms to reach its person`
      : slowestSweep > idleSweepMs ? `a sweep with nothing to do took ${slowestSweep} ms` : undefined
    return {
      name: 'waiting-list',
      rate: Number((1000 / time).toFixed(2)),
      baseline: Number((1000 / baseline).toFixed(2)),
      ratio: Number((baseline / time).toFixed(2)),
      target: 0.5,
      reachedMs: time,
      slowestMs: slowest,
      idleSweepMs: median(sweeps),
      slowestIdleSweepMs: slowestSweep,
      ...(failure !== undefined && { failure })
    }
  } finally {
    await bench.close()
  }
}

/** A full workshop with people who have waited long enough that the sweep for missed emails ignores them. */
async function aFullWorkshop (db: Db, places: number, waiting: number): Promise<Activity> {
  const activity = await aWorkshop(db, places)
  // In portions: on a slow machine 100,000 in one statement outlast the service's limit for statements.
  for (let first = 1; first <= places + waiting; first += portion) {
    await db.$executeRaw`
      INSERT INTO bookings (activity_id, reference, name, email, canonical_email, role, places, status, created_at,
        changed_at, confirmed_at, waited_at, submission_id)
      SELECT ${activity.id}::uuid, gen_random_uuid()::text, 'Anne Kirkbride', mail, mail, 'parent', 1,
        CASE WHEN n <= ${places} THEN 'confirmed' ELSE 'waiting' END, at, at, at, at, gen_random_uuid()
      FROM (SELECT n, gen_random_uuid() || '@example.org' AS mail, now() - interval '3 days' AS at
        FROM generate_series(${first}::int, ${Math.min(first + portion - 1, places + waiting)}::int) AS n) AS people`
  }
  return activity
}

/** A waiting list that a sweep must look at and leave alone, of one of several kinds. */
async function anIdleList (db: Db, n: number): Promise<void> {
  const { id: activityId } = await aFullWorkshop(db, 20, 100)
  const offeredUntil = new Date(Date.now() + 86_400_000)
  switch (n % 4) {
    case 0: // Two places are free, and everyone asks for four.
      await db.booking.updateMany({ where: { activityId, status: 'waiting' }, data: { places: 4 } })
      await db.activity.update({ where: { id: activityId }, data: { capacity: 22, placesPerBooking: 4 } })
      break
    case 1: // A place is offered, and there is still time to accept.
      await db.activity.update({ where: { id: activityId }, data: { capacity: 21, waitingList: 'offers' } })
      await db.$executeRaw`
        UPDATE bookings SET status = 'offered', offered_until = ${offeredUntil} WHERE id = (
          SELECT id FROM bookings WHERE activity_id = ${activityId}::uuid AND status = 'waiting' LIMIT 1)`
      break
    case 2: // Places are free, and an organiser picks.
      await db.activity.update({ where: { id: activityId }, data: { capacity: 25, waitingList: 'by-hand' } })
  }
}

/** Frees one place over HTTP; returns the milliseconds from the answer to the queued email. */
async function freeOne ({ db, url }: Bench, { id: activityId }: Activity): Promise<number> {
  const where = { activityId, waitedAt: { not: null } }
  const leaving = await db.booking.findFirstOrThrow({ where: { ...where, status: 'confirmed' }, orderBy: { arrival: 'asc' } })
  const next = await db.booking.findFirstOrThrow({ where: { ...where, status: 'waiting' }, orderBy: { arrival: 'asc' } })
  const answer = await fetch(`${url}/bookings/${bookingLinks(benchKey).tokenOf(leaving)}/cancellation`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' }
  })
  const committed = performance.now()
  if (answer.status !== 303) throw new Error(`Cancelling was answered with ${answer.status}.`)
  while (!await isQueued(db, next.id)) {
    if (performance.now() - committed > 60_000) throw new Error('The freed place reached nobody within a minute.')
    await sleep(5)
  }
  return Math.round(performance.now() - committed)
}

async function isQueued (db: Db, bookingId: string): Promise<boolean> {
  const [{ count } = { count: 0 }] = await db.$queryRaw<Array<{ count: number }>>`
    SELECT count(*)::int AS count FROM pgboss.job WHERE name = 'booking.confirmed' AND data->>'bookingId' = ${bookingId}`
  return count > 0
}

/** The milliseconds of several sweeps with nothing to do: time in the database and on the way there. */
async function idleSweeps ({ db, databaseUrl }: Bench): Promise<number[]> {
  const boss = new PgBoss({ connectionString: databaseUrl, supervise: false, schedule: false, migrate: false })
  await boss.start()
  try {
    const outbox = await openOutbox(boss, [])
    const times: number[] = []
    for (let n = 0; n < 11; n++) {
      const start = performance.now()
      await sweepWaitingLists(db, outbox, systemClock())
      times.push(Number((performance.now() - start).toFixed(1)))
    }
    return times.slice(1)
  } finally {
    await boss.stop({ graceful: false })
  }
}
