import type { DomainError } from '../../platform/errors.ts'
import { DatabaseAway, isDatabaseAway } from '../../platform/database/errors.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import type { PlaceRequest } from './booking.ts'

/** Decides a list of requests for one activity: `requestPlaces` with its other arguments given. */
export type Decide = (activityId: string, requests: readonly PlaceRequest[]) => Promise<Array<'received' | DomainError>>

export interface Desk {
  /**
   * Resolves once the request is durably decided; throws the refusal otherwise, and `DatabaseAway` after a while: then
   * it is unknown whether it was decided, and sending the same request again finds out.
   */
  request: (activityId: string, request: PlaceRequest) => Promise<void>
  /** Resolves once no request is at the desk, not even one whose connection has gone: for an orderly shutdown. */
  idle: () => Promise<void>
}

interface Waiting {
  request: PlaceRequest
  /** Settles with the request, or when it was not decided in time. */
  answered: Promise<void>
  resolve: () => void
  reject: (error: unknown) => void
}

/** Maximum number of requests per transaction: with more, those in front would wait for those behind. */
const batchSize = 250

/** Longer than the database takes for anything while it is reachable; short enough for someone looking at a phone. */
const timeoutMs = 20_000

/**
 * Collects the requests that one process gets for each activity and decides those that wait together, in arrival order,
 * in one transaction. The row lock, the round trips and the flush to disk are then paid once per batch: the busier it
 * gets, the less each request costs. A request alone is decided at once.
 *
 * Keeps nothing beyond requests still open: across processes the row lock keeps the order. Once every request of a
 * batch has timed out the next batch is served: a transaction that never ends blocks no activity.
 */
export function openDesk (decide: Decide, { waitMs = timeoutMs } = {}): Desk {
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

  /** Runs while requests wait for the activity; never rejects. */
  async function serve (activityId: string): Promise<void> {
    const counter = counters.get(activityId) ?? []
    while (counter.length > 0) {
      const batch = counter.splice(0, batchSize)
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
 * True if the database refused one request's row: without it, the rest of its batch would have gone in. A refusal that
 * concerns the activity, or a database that is away, is the same for all and is not retried.
 */
function isOneRequestsFault (error: unknown): boolean {
  return !isDatabaseAway(error) && error instanceof Prisma.PrismaClientKnownRequestError && /^P20(0|1[0-3]|19|20|23)/.test(error.code)
}
