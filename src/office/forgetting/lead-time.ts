import type { DateTime } from 'luxon'

/**
 * How long before the start people book, in calendar days: each of these begins a span that ends before the next. A
 * booking is counted by the first day of its span.
 */
export const leadTimes = [0, 1, 7, 14, 28] as const

/** The span in which something was booked, as it is counted: the first of its days. */
export function leadTimeOf (bookedAt: DateTime<true>, startsAt: DateTime<true>, zone: string): string {
  const day = (at: DateTime<true>) => at.setZone(zone).startOf('day')
  const days = Math.round(day(startsAt).diff(day(bookedAt), 'days').days)
  return String(leadTimes.findLast(from => from <= days) ?? leadTimes[0])
}
