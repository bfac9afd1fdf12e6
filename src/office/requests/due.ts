import type { DateTime } from 'luxon'
import { workingDayFrom } from '../../platform/working-days.ts'

/** Kinds of request about personal data, and complaints about how we used it. */
export const requestKinds = ['complaint', 'copy', 'deletion', 'objection'] as const
export type RequestKind = typeof requestKinds[number]

/** Number of days in which a complaint must be answered (Data Protection Act 2018, section 164A). */
export const daysForComplaint = 30

/** A request is urgent from so many days before its last day. */
export const daysUrgent = 7

/**
 * The last day for an answer, such as `2026-12-29`, to a request that came at `receivedAt`; days are those of `zone`.
 * For a complaint 30 days, counted from the day after. For other kinds the same date of the next month, or its last day
 * where it has no such date (UK GDPR, article 12A). If that is not a working day, the next working day.
 */
export function answerBy (kind: RequestKind, receivedAt: DateTime<true>, zone: string): string {
  const day = receivedAt.setZone(zone)
  const last = kind === 'complaint' ? day.plus({ days: daysForComplaint }) : day.plus({ months: 1 })
  return workingDayFrom(last.toFormat('yyyy-MM-dd'))
}

/** Number of months that we may take more for a request, if it is complex or one of many (UK GDPR, article 12A). */
const monthsMore = 2

/**
 * The last day for an answer to a request for which we take more time: counted from when it came, not from the last day
 * that it had, which a weekend may have moved. If that is not a working day, the next working day.
 */
export function extendedAnswerBy (receivedAt: DateTime<true>, zone: string): string {
  return workingDayFrom(receivedAt.setZone(zone).plus({ months: 1 + monthsMore }).toFormat('yyyy-MM-dd'))
}

/** How urgent an answer is on the day of `now`: its last day has passed, is near, or is far off. */
export function pressing (dueOn: string, now: DateTime<true>, zone: string): 'late' | 'soon' | 'later' {
  const today = now.setZone(zone)
  if (dueOn < today.toFormat('yyyy-MM-dd')) return 'late'
  return dueOn <= today.plus({ days: daysUrgent }).toFormat('yyyy-MM-dd') ? 'soon' : 'later'
}
