import type { DomainError } from '../errors.ts'
import { Prisma } from '../database/generated/client.ts'
import type { PlaceRequest } from './booking.ts'

/** Decides a list of requests for one activity: `requestPlaces` with all but these two given. */
export type Decide = (activityId: string, requests: readonly PlaceRequest[]) => Promise<Array<'received' | DomainError>>

export interface Desk {
  /** Resolves once the request is durably decided; throws the refusal otherwise. */
  request: (activityId: string, request: PlaceRequest) => Promise<void>
  /** Resolves once nobody stands at the desk, also nobody whose connection has gone: for an orderly end. */
  idle: () => Promise<void>
}

interface Waiting {
  request: PlaceRequest
  resolve: () => void
  reject: (error: unknown) => void
}

/** One transaction's worth: more would make those in front wait for those behind. */
const mostAtOnce = 250

/**
 * Takes the requests of one process for each activity and decides those that wait together, in arrival
 * order, in one transaction. The row lock, the round trips and the flush to disk are then paid once
 * per batch: the busier it gets, the less each request costs. Alone, a request is decided at once.
 *
 * Keeps nothing that is not in a request still open: across processes the row lock keeps order.
 */
export function openDesk (decide: Decide): Desk {
  const counters = new Map<string, Waiting[]>()
  const serving = new Set<Promise<void>>()

  return {
    idle: async () => { await Promise.all(serving) },

    request: async (activityId, request) => await new Promise<void>((resolve, reject) => {
      const waiting = { request, resolve, reject }
      const counter = counters.get(activityId)
      if (counter !== undefined) {
        counter.push(waiting)
        return
      }
      counters.set(activityId, [waiting])
      const served = serve(activityId).finally(() => serving.delete(served))
      serving.add(served)
    })
  }

  /** Runs while someone stands at the activity's counter; never rejects. */
  async function serve (activityId: string): Promise<void> {
    const counter = counters.get(activityId) ?? []
    while (counter.length > 0) await settle(activityId, counter.splice(0, mostAtOnce))
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
 * concerns the activity, or a database that does not answer, is the same for all and is not retried.
 */
function isOneRequestsFault (error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && /^P20(0|1[0-3]|19|20|23)/.test(error.code)
}
