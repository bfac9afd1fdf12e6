import type { DomainError } from '../../platform/errors.ts'
import { DatabaseAway, isDatabaseAway } from '../../platform/database/errors.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { PlaceRequest } from './booking.ts'

/** Decides a list of requests for one activity: `requestPlaces` with all but these two given. */
export type Decide = (activityId: string, requests: readonly PlaceRequest[]) => Promise<Array<'received' | DomainError>>

export interface Desk {
  /**
   * Resolves once the request is durably decided; throws the refusal otherwise, and `DatabaseAway` after a while:
   * nobody knows then whether it was decided, and the same request again finds what became of it.
   */
  request: (activityId: string, request: PlaceRequest) => Promise<void>
  /** Resolves once nobody stands at the desk, also nobody whose connection has gone: for an orderly end. */
  idle: () => Promise<void>
}

interface Waiting {
  request: PlaceRequest
  /** Settles with the request, also where nobody has decided it in time. */
  answered: Promise<void>
  resolve: () => void
  reject: (error: unknown) => void
}

/** One transaction's worth: more would make those in front wait for those behind. */
const mostAtOnce = 250

/** Longer than the database takes for anything while it is there; short enough for somebody who looks at a phone. */
const patienceMs = 20_000

/**
 * Takes the requests of one process for each activity and decides those that wait together, in arrival
 * order, in one transaction. The row lock, the round trips and the flush to disk are then paid once
 * per batch: the busier it gets, the less each request costs. Alone, a request is decided at once.
 *
 * Keeps nothing that is not in a request still open: across processes the row lock keeps order. Once all of a
 * batch have gone without an answer the next is served: a transaction that never ends blocks no counter.
 */
export function openDesk (decide: Decide, { waitMs = patienceMs } = {}): Desk {
  const counters = new Map<string, Waiting[]>()
  const serving = new Set<Promise<void>>()

  return {
    idle: async () => { await Promise.all(serving) },

    async request (activityId, request) {
      const { promise: answered, resolve, reject } = Promise.withResolvers<void>()
      const deadline = setTimeout(() => { reject(new DatabaseAway('A booking was not decided in time.')) }, waitMs)
      join(activityId, { request, answered, resolve, reject })
      await answered.finally(() => { clearTimeout(deadline) })
    }
  }

  function join (activityId: string, waiting: Waiting): void {
    const counter = counters.get(activityId)
    if (counter !== undefined) {
      counter.push(waiting)
      return
    }
    counters.set(activityId, [waiting])
    const served = serve(activityId).finally(() => serving.delete(served))
    serving.add(served)
  }

  /** Runs while someone stands at the activity's counter; never rejects. */
  async function serve (activityId: string): Promise<void> {
    const counter = counters.get(activityId) ?? []
    while (counter.length > 0) {
      const batch = counter.splice(0, mostAtOnce)
      void settle(activityId, batch)
      await Promise.allSettled(batch.map(({ answered }) => answered))
    }
    counters.delete(activityId)
  }

  async function settle (activityId: string, batch: Waiting[]): Promise<void> {
    try {
      const answers = await decide(activityId, batch.map(({ request }) => request))
      batch.forEach(({ resolve, reject }, n) => {
        const answer = answers[n]
        if (answer === 'received') resolve()
        else reject(answer)
      })
    } catch (error) {
      if (batch.length > 1 && isOneRequestsFault(error)) {
        const half = Math.ceil(batch.length / 2)
        await settle(activityId, batch.slice(0, half))
        await settle(activityId, batch.slice(half))
      } else {
        batch.forEach(({ reject }) => { reject(error) })
      }
    }
  }
}

/**
 * The database refused a row: without it, the others of its batch would have gone in. A refusal that
 * concerns the activity, or a database that is away, is the same for all and is not retried.
 */
function isOneRequestsFault (error: unknown): boolean {
  return !isDatabaseAway(error) && error instanceof Prisma.PrismaClientKnownRequestError && /^P20(0|1[0-3]|19|20|23)/.test(error.code)
}
