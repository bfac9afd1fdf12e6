import type { DateTime } from 'luxon'
import type { RequestKind } from './due.ts'

/** Where the partnership is: its days are those by which requests are answered. */
export const zone = 'Europe/London'

export const waysOfTelling = ['email', 'copy', 'otherwise'] as const
/**
 * How somebody learns our answer: by an email of the service's, by one with a link to the copy that they asked for,
 * or otherwise by whoever answered.
 */
export type ToldBy = typeof waysOfTelling[number]

/** What somebody asks, already checked by schema.ts. */
export interface Asking {
  /** Of the form shown: sent twice with the same answers, it is one request. */
  submissionId: string
  kind: RequestKind
  name: string
  email: string
  text: string | undefined
  receivedAt: DateTime<true>
}

/** What somebody asked of us. Instants in UTC. */
export interface AskedRequest extends Omit<Asking, 'submissionId'> {
  id: string
  canonicalEmail: string
  /** The last day for our answer, such as `2026-12-29`. */
  dueOn: string
  acknowledgedAt: DateTime<true> | undefined
  /** Undefined while it is open. */
  closed: Closed | undefined
  /** Since when emails to its address are refused for good. */
  unreachableAt: DateTime<true> | undefined
}

/** What was said to a request. */
export interface Closed {
  at: DateTime<true>
  answer: string
  /** Name of who answered, while they are known. */
  by: string | undefined
  toldBy: ToldBy
  toldAt: DateTime<true> | undefined
}

/** So many months a request is kept after it was answered, in case somebody comes back to it. */
export const monthsKept = 12

/** So many days the link to a copy works. */
export const daysForCopy = 14

/** Until when somebody may see the copy that they asked for; undefined where nobody may. */
export function copyUntil ({ closed }: Pick<AskedRequest, 'closed'>): DateTime<true> | undefined {
  if (closed?.toldBy !== 'copy') return undefined
  return (closed.at.setZone(zone) as DateTime<true>).plus({ days: daysForCopy }).endOf('day')
}

/** Requests that were answered before this instant are deleted. */
export function keptSince (now: DateTime<true>): DateTime<true> {
  return now.minus({ months: monthsKept })
}
