import { Overloaded } from '../../platform/errors.ts'
import type { DomainError } from '../../platform/errors.ts'
import { DatabaseAway, isDatabaseAway } from '../../platform/database/errors.ts'
import { Prisma } from '../../platform/database/generated/client.ts'
import { inTurns } from '../../platform/in-turns.ts'
import type { PlaceRequest } from './booking.ts'
import { isDecidedInTime, paceAfter, unmeasured } from './expected-wait.ts'
import type { Pace } from './expected-wait.ts'

/** Decides a list of requests for one activity: `requestPlaces` with its other arguments given. */
export type Decide = (activityId: string, requests: readonly PlaceRequest[]) => Promise<Array<'received' | DomainError>>

export interface Desk {
  /**
   * Resolves once the request is durably decided; throws the refusal otherwise, and `DatabaseAway` after a while: then
   * it is unknown whether it was decided, and sending the same request again finds out. Throws `Overloaded` if nothing
   * was decided: there are too many ahead, or `isGone` says, when its turn has come, that nobody waits for the answer.
   */
  request: (activityId: string, request: PlaceRequest, isGone?: () => boolean) => Promise<void>
  /** False if a request would be turned away now: asked before any work is put into it. */
  isInTime: (activityId: string) => boolean
  /** Resolves once no request is at the desk, not even one whose connection has gone: for an orderly shutdown. */
  idle: () => Promise<void>
}

interface Waiting {
  request: PlaceRequest
  /** Whether nobody waits for the answer any more. */
  isGone: () => boolean
  /** Settles with the request, or when it was not decided in time. */
  answered: Promise<void>
  resolve: () => void
  reject: (error: unknown) => void
}

/** Those who wait for one activity, and how quickly the ones before them were decided. */
interface Counter { waiting: Waiting[], pace: Pace }

/** Maximum number of requests per transaction: with more, those in front would wait for those behind. */
const batchSize = 250

/** So many are answered in one turn of the event loop: two milliseconds for which the next batch waits at a step. */
const toldAtOnce = 16

/** Longer than the database takes for anything while it is reachable; short enough for someone looking at a phone. */
const timeoutMs = 20_000

/**
 * Collects the requests that one process gets for each activity and decides those that wait together, in arrival order,
 * in one transaction. The row lock, the round trips and the flush to disk are then paid once per batch: the busier it
 * gets, the less each request costs. A request alone is decided at once.
 *
 * Who would wait too long by the measured pace is turned away at once, so that however many come, the ones let in are
 * decided soon and memory is bounded. What is in a batch is decided to the end.
 *
 * Keeps nothing beyond requests still open: across processes the row lock keeps the order. Once every request of a
 * batch has timed out the next batch is served: a transaction that never ends blocks no activity.
 */
export function openDesk (
  decide: Decide, { waitMs = timeoutMs, elapsedMs = () => performance.now() } = {}
): Desk {
  const counters = new Map<string, Counter>()
  const serving = new Set<Promise<void>>()
  const toBeTold = inTurns(toldAtOnce)

  return {
    idle: async () => { await Promise.all(serving) },

    isInTime,

    async request (activityId, request, isGone = () => false) {
      if (!isInTime(activityId)) throw new Overloaded()
      const { promise: answered, resolve, reject } = Promise.withResolvers<void>()
      const deadline = setTimeout(() => { reject(new DatabaseAway('A booking was not decided in time.')) }, waitMs)
      join(activityId, { request, isGone, answered, resolve, reject })
      await answered.finally(() => { clearTimeout(deadline) })
    }
  }

  function isInTime (activityId: string): boolean {
    const counter = counters.get(activityId)
    return counter === undefined || isDecidedInTime(counter.waiting.length, counter.pace, batchSize)
  }

  function join (activityId: string, waiting: Waiting): void {
    const counter = counters.get(activityId)
    if (counter !== undefined) {
      counter.waiting.push(waiting)
      return
    }
    const opened = { waiting: [waiting], pace: unmeasured }
    counters.set(activityId, opened)
    const served = serve(activityId, opened).finally(() => serving.delete(served))
    serving.add(served)
  }

  /**
   * Runs while requests wait for the activity, and until all have been answered; never rejects. The next batch begins
   * as soon as one is decided: its way to the database and back is spent answering.
   */
  async function serve (activityId: string, counter: Counter): Promise<void> {
    const answering = new Set<Promise<unknown>>()
    while (counter.waiting.length > 0) {
      const batch = nextBatch(counter)
      if (batch.length === 0) continue
      const begunMs = elapsedMs()
      const decided = settle(activityId, batch)
      void decided.then(async tellings => { await Promise.all(tellings.map(inTurn)) })
      const all = Promise.allSettled(batch.map(({ answered }) => answered)).finally(() => answering.delete(all))
      answering.add(all)
      await Promise.race([decided, all])
      counter.pace = paceAfter(counter.pace, { ms: elapsedMs() - begunMs, requests: batch.length })
    }
    counters.delete(activityId)
    await Promise.all(answering)
  }

  async function inTurn (tell: Telling): Promise<void> {
    await toBeTold()
    tell()
  }

  /** Those whose turn it is. One that nobody waits for is not written: who knows of no answer asks again. */
  function nextBatch ({ waiting }: Counter): Waiting[] {
    const batch = waiting.splice(0, batchSize)
    const { there = [], gone = [] } = Object.groupBy(batch, ({ isGone }) => isGone() ? 'gone' : 'there')
    gone.forEach(({ reject }) => { reject(new Overloaded()) })
    return there
  }

  /** Decides a batch; returns what tells each of them. Never rejects. */
  async function settle (activityId: string, batch: Waiting[]): Promise<Telling[]> {
    try {
      const answers = await decide(activityId, batch.map(({ request }) => request))
      return batch.map(({ resolve, reject }, n) => () => {
        const answer = answers[n]
        if (answer === 'received') resolve()
        else reject(answer)
      })
    } catch (error) {
      if (batch.length === 1 || !isOneRequestsFault(error)) return batch.map(({ reject }) => () => { reject(error) })
      const half = Math.ceil(batch.length / 2)
      const firsts = await settle(activityId, batch.slice(0, half))
      return [...firsts, ...await settle(activityId, batch.slice(half))]
    }
  }
}

/** Gives someone who waits their answer. */
type Telling = () => void

/**
 * True if the database refused one request's row: without it, the rest of its batch would have gone in. A refusal that
 * concerns the activity, or a database that is away, is the same for all and is not retried.
 */
function isOneRequestsFault (error: unknown): boolean {
  return !isDatabaseAway(error) && error instanceof Prisma.PrismaClientKnownRequestError && /^P20(0|1[0-3]|19|20|23)/.test(error.code)
}
