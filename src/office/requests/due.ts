import type { DateTime } from 'luxon'
import { workingDayFrom } from './working-days.ts'

/** What people ask of us about what we hold of them, or tell us about how we used it. */
export const requestKinds = ['complaint', 'copy', 'deletion', 'objection'] as const
export type RequestKind = typeof requestKinds[number]

/** So many days we have for a complaint (Data Protection Act 2018, section 164A). */
export const daysForComplaint = 30

/** From so many days before its last day on a request is urgent. */
export const daysUrgent = 7

/**
 * The last day for an answer, such as `2026-12-29`, to what came at `receivedAt`, which is a day of `zone`.
 * For a complaint 30 days that begin on the day after. For anything else the same date of the next month, or its
 * last day where it has no such date (UK GDPR, article 12A). If nobody works on that day, it is the next working day.
 */
export function answerBy (kind: RequestKind, receivedAt: DateTime<true>, zone: string): string {
  const day = receivedAt.setZone(zone)
  const last = kind === 'complaint' ? day.plus({ days: daysForComplaint }) : day.plus({ months: 1 })
  return workingDayFrom(last.toFormat('yyyy-MM-dd'))
}

/** How pressing an answer is on the day that it is at `now`: its last day has passed, is near, or is far. */
export function pressing (dueOn: string, now: DateTime<true>, zone: string): 'late' | 'soon' | 'later' {
  const today = now.setZone(zone)
  if (dueOn < today.toFormat('yyyy-MM-dd')) return 'late'
  return dueOn <= today.plus({ days: daysUrgent }).toFormat('yyyy-MM-dd') ? 'soon' : 'later'
}
