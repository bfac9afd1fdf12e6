import type { DateTime } from 'luxon'
import { officeZone } from '../../platform/clock.ts'
import type { RequestKind } from './due.ts'

export const waysOfTelling = ['email', 'copy', 'otherwise'] as const
/**
 * How someone learns our answer: by an email from the service, by one with a link to the copy that they asked for, or
 * in another way from the member of staff who answered.
 */
export type ToldBy = typeof waysOfTelling[number]

/** What someone asks, already checked by schema.ts. */
export interface Asking {
  /** Id of the form as it was shown: sent twice with the same answers, it is one request. */
  submissionId: string
  kind: RequestKind
  name: string
  email: string
  text: string | undefined
  receivedAt: DateTime<true>
}

/** A request as it was recorded. Instants in UTC. */
export interface AskedRequest extends Omit<Asking, 'submissionId'> {
  id: string
  canonicalEmail: string
  /** The last day for our answer, such as `2026-12-29`. */
  dueOn: string
  acknowledgedAt: DateTime<true> | undefined
  /** Undefined where we have not taken more time. */
  extended: Extended | undefined
  /** Undefined while it is open. */
  closed: Closed | undefined
  /** Since when emails to its address are refused for good. */
  unreachableAt: DateTime<true> | undefined
}

/** Why the law lets us take more time: the request is complex, or one of many of the same person. */
export const groundsForTime = ['complex', 'many'] as const
export type GroundForTime = typeof groundsForTime[number]

/** That we take more time for a request. */
export interface Extended {
  at: DateTime<true>
  because: GroundForTime
  /** In the words that the person reads. */
  reason: string
  toldBy: Exclude<ToldBy, 'copy'>
  toldAt: DateTime<true> | undefined
}

/** The answer to a request. */
export interface Closed {
  at: DateTime<true>
  answer: string
  /** Name of the member of staff who answered, while they are known. */
  by: string | undefined
  toldBy: ToldBy
  toldAt: DateTime<true> | undefined
}

/** Whether they are still to be told our answer by email. */
export function isUntoldAnswer ({ closed }: Pick<AskedRequest, 'closed'>): boolean {
  return closed !== undefined && closed.toldBy !== 'otherwise' && closed.toldAt === undefined
}

/** Whether they are still to be told by email that we take more time; an answer makes up for it. */
export function isUntoldExtension ({ extended, closed }: Pick<AskedRequest, 'extended' | 'closed'>): boolean {
  return closed === undefined && extended?.toldBy === 'email' && extended.toldAt === undefined
}

/** Number of months that a request is kept after it was answered, in case the person comes back to it. */
export const monthsKept = 12

/** Number of days that the link to a copy works. */
export const daysForCopy = 14

/** Until when a person may see the copy that they asked for; undefined where they may not. */
export function copyUntil ({ closed }: Pick<AskedRequest, 'closed'>): DateTime<true> | undefined {
  if (closed?.toldBy !== 'copy') return undefined
  return (closed.at.setZone(officeZone) as DateTime<true>).plus({ days: daysForCopy }).endOf('day')
}

/** Requests that were answered before this instant are deleted. */
export function keptSince (now: DateTime<true>): DateTime<true> {
  return now.minus({ months: monthsKept })
}
