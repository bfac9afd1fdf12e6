import type { DateTime } from 'luxon'
import type { Reader } from '../../platform/database/connect.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { SealedAgain } from '../../platform/database/seal-again.ts'

/** With what the database is checked. */
export interface Circumstances {
  now: DateTime<true>
  /** Everything that is sealed in the database, with what opens it. */
  sealed: readonly SealedAgain[]
}

/** How many break an invariant, and the ids of the first of them: never a name or an address. */
export interface Broken {
  count: number
  ids: string[]
}

/** Something that always holds of the database. What a foreign key, a CHECK or NOT NULL says is not among them. */
export interface Invariant {
  name: string
  /** What holds, in a sentence. */
  promise: string
  find: (db: Reader, circumstances: Circumstances) => Promise<Broken>
}

const mostIds = 5

/** One whose broken rows one statement finds: it selects their ids, as text. */
export function bySql (name: string, promise: string, breaking: (now: Date) => Prisma.Sql): Invariant {
  return {
    name,
    promise,
    async find (db, { now }) {
      const [found] = await db.$queryRaw<Broken[]>`
        SELECT count(*)::int AS count, coalesce((array_agg(id ORDER BY id))[1:${Prisma.raw(String(mostIds))}], '{}') AS ids
        FROM (${breaking(now.toJSDate())}) AS broken (id)`
      return found ?? brokenBy([])
    }
  }
}

/** One for which the service has a query already. */
export function byQuery (
  name: string, promise: string, listIds: (db: Reader, circumstances: Circumstances) => Promise<string[]>
): Invariant {
  return { name, promise, find: async (db, circumstances) => brokenBy(await listIds(db, circumstances)) }
}

function brokenBy (ids: readonly string[]): Broken {
  return { count: ids.length, ids: [...ids].sort().slice(0, mostIds) }
}
