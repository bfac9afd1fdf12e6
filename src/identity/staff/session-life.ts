import type { DateTime } from 'luxon'

const longestMinutes = 12 * 60
const longestIdleMinutes = 30

/** How long someone who signed in by email has to type the code of their authenticator. */
const longestAwaitingMinutes = 10

/** How long after proving who they are someone may do what asks for it, such as exporting lists; pages say it too. */
export const recentSignInMinutes = 15

/** A session seen again within this time is not recorded again: most requests only read. */
const noteEveryMinutes = 1

/** How someone proved who they are. */
export type OpenedBy = 'link' | 'code' | 'openid'

/** When a session began and was last seen. Instants in UTC. */
export interface SessionLife {
  createdAt: DateTime<true>
  lastSeenAt: DateTime<true>
}

/** True if a session is over: half an hour without a request, or a working day in all (ASVS 5.0, 7.3). */
export function isOver ({ createdAt, lastSeenAt }: SessionLife, now: DateTime<true>): boolean {
  return now >= createdAt.plus({ minutes: longestMinutes }) || now >= lastSeenAt.plus({ minutes: longestIdleMinutes })
}

/** Database filter for sessions that are not over: the same rule as `isOver`. */
export function openAt (now: DateTime<true>): { createdAt: { gt: Date }, lastSeenAt: { gt: Date } } {
  return {
    createdAt: { gt: now.minus({ minutes: longestMinutes }).toJSDate() },
    lastSeenAt: { gt: now.minus({ minutes: longestIdleMinutes }).toJSDate() }
  }
}

/** Database filter for sessions that still wait for a code. */
export function awaitingAt (now: DateTime<true>): { createdAt: { gt: Date } } {
  return { createdAt: { gt: now.minus({ minutes: longestAwaitingMinutes }).toJSDate() } }
}

/** True if someone lately proved who they are, rather than only sent a cookie that another may have (ASVS 5.0, 7.5). */
export function isRecentSignIn (signedInAt: DateTime<true>, now: DateTime<true>): boolean {
  return now < signedInAt.plus({ minutes: recentSignInMinutes })
}

/** True if it is time to record that a session was seen. */
export function isDueANote ({ lastSeenAt }: SessionLife, now: DateTime<true>): boolean {
  return now >= lastSeenAt.plus({ minutes: noteEveryMinutes })
}
