import type { DateTime } from 'luxon'

const longestMinutes = 12 * 60
const longestIdleMinutes = 30

/** Within this long, a session that is seen again is not written down again: most requests only read. */
const noteEveryMinutes = 1

/** How somebody showed who they are. */
export type OpenedBy = 'link' | 'code' | 'openid'

/** When a session began and was last seen. Instants in UTC. */
export interface SessionLife {
  createdAt: DateTime<true>
  lastSeenAt: DateTime<true>
}

/** Says whether a session is over: half an hour without a request, or a working day in all (ASVS 5.0, 7.3). */
export function isOver ({ createdAt, lastSeenAt }: SessionLife, now: DateTime<true>): boolean {
  return now >= createdAt.plus({ minutes: longestMinutes }) || now >= lastSeenAt.plus({ minutes: longestIdleMinutes })
}

/** The sessions that are not over, as a database finds them: the same rule as `isOver`. */
export function openAt (now: DateTime<true>): { createdAt: { gt: Date }, lastSeenAt: { gt: Date } } {
  return {
    createdAt: { gt: now.minus({ minutes: longestMinutes }).toJSDate() },
    lastSeenAt: { gt: now.minus({ minutes: longestIdleMinutes }).toJSDate() }
  }
}

/** Says whether it is time to write down that a session was seen. */
export function isDueANote ({ lastSeenAt }: SessionLife, now: DateTime<true>): boolean {
  return now >= lastSeenAt.plus({ minutes: noteEveryMinutes })
}
