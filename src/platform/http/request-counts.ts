import { setTimeout as sleep } from 'node:timers/promises'
import { batched } from '../batched.ts'
import type { Clock } from '../clock.ts'
import type { Db } from '../database/connect.ts'

/** How many may ask within a time. */
export interface Limit { max: number, timeWindow: number }

/** How often was asked, and in how many milliseconds counting begins again. */
export interface Count { current: number, ttl: number }

interface Asked { key: string, windowMs: number }
/** `here`: how many of the requests the database was not told of. */
interface Known { requests: number, endsAt: number, here?: number }

/** How long a process counts for itself after the database did not answer in time. */
const restMs = 5000

/** Room for a crowd; beyond it the oldest are forgotten, and the database still knows them. */
const maxInMemory = 10_000

/**
 * Counts who asks how often, for all processes on a database, and so beyond a restart: those who ask at once in one
 * statement, in one order, so that no two processes wait for each other. Who is beyond their limit is known in memory:
 * a flood does not reach the database. Where that does not answer within `answerMs`, which is longer than it takes to
 * count and shorter than people wait, each process goes on counting for itself. `mark` makes a keyed hash: from the
 * table nobody reads who asked, nor that someone asked on two days.
 */
export function requestCounts (
  { db, clock, mark, answerMs = 1000, elapsedMs = () => performance.now() }:
  { db: Db, clock: Clock, mark: (text: string) => string, answerMs?: number | undefined, elapsedMs?: () => number }
) {
  const memory = new Map<string, Known>()
  const countInDatabase = batched(async (asked: readonly Asked[]) => await countAll(db, asked, clock().toJSDate()))
  let restsUntil = 0

  return {
    /** Counts one more for all processes. `name` is of what is limited: two limits of one name count together. */
    async count (name: string, key: string, { max, timeWindow: windowMs }: Limit): Promise<Count> {
      const asked = { key: mark(`${clock().toISODate()} ${name} ${key}`), windowMs }
      if ((known(asked.key)?.requests ?? 0) >= max || elapsedMs() < restsUntil) return countHere(asked)
      const counting = countInDatabase(asked)
      const found = await Promise.race([counting.catch(() => undefined), sleep(answerMs, undefined, { ref: false })])
      if (found === undefined) {
        restsUntil = elapsedMs() + restMs
        const counted = countHere(asked)
        void counting.then(() => { toldLate(asked.key) }, () => {})
        return counted
      }
      const here = known(asked.key)?.here ?? 0
      const now = { ...found, requests: found.requests + here, here }
      remember(asked.key, now)
      return countOf(now)
    },

    /** Counts one more in this process alone: for what costs only the process, and must not cost a query. */
    countHere: (name: string, key: string, { timeWindow: windowMs }: Limit) => countHere({ key: `${name} ${key}`, windowMs })
  }

  function countHere ({ key, windowMs }: Asked): Count {
    const before: Known = known(key) ?? { requests: 0, endsAt: clock().toMillis() + windowMs }
    const now = { ...before, requests: before.requests + 1, here: (before.here ?? 0) + 1 }
    remember(key, now)
    return countOf(now)
  }

  /** The database answered too late, and has counted nevertheless: once is enough. */
  function toldLate (key: string): void {
    const found = known(key)
    if (found?.here !== undefined) remember(key, { ...found, here: found.here - 1 })
  }

  function known (key: string): Known | undefined {
    const found = memory.get(key)
    return found !== undefined && found.endsAt > clock().toMillis() ? found : undefined
  }

  function remember (key: string, count: Known): void {
    memory.delete(key)
    memory.set(key, count)
    if (memory.size > maxInMemory) memory.delete(memory.keys().next().value as string)
  }

  function countOf ({ requests, endsAt }: Known): Count {
    return { current: requests, ttl: endsAt - clock().toMillis() }
  }
}

export type RequestCounts = ReturnType<typeof requestCounts>

/** Counts each; of those with one key, each gets a number of its own. A time that is over begins again. */
async function countAll (db: Db, asked: readonly Asked[], now: Date): Promise<Known[]> {
  const byKey = Map.groupBy(asked, ({ key }) => key)
  const groups = [...byKey].map(([key, all]) => (
    { key, more: all.length, endsAt: new Date(now.getTime() + (all[0]?.windowMs ?? 0)) }))
  const rows = await db.$queryRaw<Array<{ key: string, requests: number, endsAt: Date }>>`
    INSERT INTO request_counts AS known (key, requests, ends_at)
    SELECT key, more, ends_at FROM unnest(${groups.map(({ key }) => key)}::text[],
      ${groups.map(({ more }) => more)}::int[], ${groups.map(({ endsAt }) => endsAt)}::timestamptz[]
    ) AS asked (key, more, ends_at)
    ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
      requests = EXCLUDED.requests + CASE WHEN known.ends_at > ${now} THEN known.requests ELSE 0 END,
      ends_at = CASE WHEN known.ends_at > ${now} THEN known.ends_at ELSE EXCLUDED.ends_at END
    RETURNING key, requests, ends_at AS "endsAt"`
  const left = new Map(rows.map(({ key, requests, endsAt }) =>
    [key, { requests: requests - (byKey.get(key)?.length ?? 0), endsAt: endsAt.getTime() }]))
  return asked.map(({ key }) => {
    const counted = left.get(key) as Known
    counted.requests++
    return { ...counted }
  })
}

/** Deletes counts whose time is over. */
export async function dropOldCounts (db: Db, now: Date): Promise<number> {
  return (await db.requestCount.deleteMany({ where: { endsAt: { lte: now } } })).count
}
