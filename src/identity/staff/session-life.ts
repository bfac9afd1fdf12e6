import type { DateTime } from 'luxon'

const longestMinutes = 12 * 60
const longestIdleMinutes = 30

/** How long whoever came by letter has for the code of their authenticator. */
const longestAwaitingMinutes = 10

/** How long somebody who has shown who they are may take lists of people out. */
const shownMinutes = 15

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

/** The sessions that still wait for a code, as a database finds them. */
export function awaitingAt (now: DateTime<true>): { createdAt: { gt: Date } } {
  return { createdAt: { gt: now.minus({ minutes: longestAwaitingMinutes }).toJSDate() } }
}

/** Says whether somebody showed lately who they are, and not only a cookie that another may have (ASVS 5.0, 7.5). */
export function isShownLately (shownAt: DateTime<true>, now: DateTime<true>): boolean {
  return now < shownAt.plus({ minutes: shownMinutes })
}

/** Says whether it is time to write down that a session was seen. */
export function isDueANote ({ lastSeenAt }: SessionLife, now: DateTime<true>): boolean {
  return now >= lastSeenAt.plus({ minutes: noteEveryMinutes })
}
