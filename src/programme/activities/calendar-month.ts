import { DateTime } from 'luxon'
import { calendarDayOf } from './when.ts'
import type { Month } from './list-filter.ts'

/** A day of a month, such as `2026-12-01`, and its instants in a zone. */
export interface CalendarDay {
  day: string
  startsAt: DateTime<true>
  isToday: boolean
}

/** A month in a zone: `from` its first instant `until` the first of the next. */
export interface CalendarMonth {
  month: Month
  from: DateTime<true>
  until: DateTime<true>
  previous: Month
  next: Month
  /** From Monday to Sunday; undefined: a day of another month. */
  weeks: Array<Array<CalendarDay | undefined>>
}

/** The month of an instant, in a zone. */
export function monthOf (at: DateTime<true>, zone: string): Month {
  return at.setZone(zone).toFormat('yyyy-MM') as Month
}

/** A month as people say it: `December 2026`. */
export function monthInWords (month: Month): string {
  return DateTime.fromISO(`${month}-01`, { zone: 'utc' }).setLocale('en-GB').toFormat('LLLL yyyy')
}

/** The days of a month in a zone, week by week. Throws a `TypeError` for a zone that nobody knows. */
export function calendarMonth (month: Month, zone: string, now: DateTime<true>): CalendarMonth {
  const from = DateTime.fromISO(`${month}-01`, { zone })
  if (!from.isValid) throw new TypeError(`${month} is no month in ${zone}.`)
  const today = calendarDayOf(now, zone)
  const days = Array.from({ length: from.daysInMonth }, (_, n): CalendarDay => {
    // Not so many hours later: some days have 23 or 25.
    const startsAt = from.plus({ days: n }).startOf('day') as DateTime<true>
    return { day: startsAt.toISODate(), startsAt, isToday: startsAt.toISODate() === today }
  })
  const cells = [...Array.from({ length: from.weekday - 1 }, () => undefined), ...days]
  const weeks = Array.from({ length: Math.ceil(cells.length / 7) }, (_, week) =>
    Array.from({ length: 7 }, (_, n) => cells[week * 7 + n]))
  return {
    month,
    from,
    until: from.plus({ months: 1 }) as DateTime<true>,
    previous: from.minus({ months: 1 }).toFormat('yyyy-MM') as Month,
    next: from.plus({ months: 1 }).toFormat('yyyy-MM') as Month,
    weeks
  }
}

/** The months from one instant to another, in a zone; at most `most`, counted from the later end. */
export function monthsBetween (first: DateTime<true>, last: DateTime<true>, zone: string, most: number): Month[] {
  const [from, to] = [first.setZone(zone).startOf('month'), last.setZone(zone).startOf('month')]
  const count = Math.min(most, Math.round(to.diff(from, 'months').months) + 1)
  return Array.from({ length: count }, (_, n) => to.minus({ months: count - 1 - n }).toFormat('yyyy-MM') as Month)
}
