import { DateTime } from 'luxon'
import { memoised } from './memoised.ts'

/** The partnership's zone: by it go the days of all that has no zone of its own. */
export const officeZone = 'Europe/London'

/** Returns the current time, in UTC. Passed down and never called by a rule: rules take instants. */
export type Clock = () => DateTime<true>

export const systemClock: Clock = () => DateTime.utc()

/** Reads an instant as the database driver gives it. */
export function instant (date: Date): DateTime<true> {
  return instantAt(date.getTime(), 'utc')
}

/** A programme is read again each second, and making its instants takes as long as writing its page. */
const instantAt = memoised(10_000, (millis: number, zone: string) => {
  const at = DateTime.fromMillis(millis, { zone })
  if (!at.isValid) throw new Error('The database holds a date that does not exist.')
  return at
})

/** A day as `2026-12-01`, of how the database driver gives one: midnight in UTC. */
export function calendarDay (date: Date): string
export function calendarDay (date: Date | null | undefined): string | undefined
export function calendarDay (date: Date | null | undefined): string | undefined {
  return date?.toISOString().slice(0, 10)
}

/**
 * True of a day that exists, as `2026-12-01`, in a year that the database and every zone can hold: it has no year 0.
 */
export function isDay (text: string): boolean {
  return /^(?:19|2\d)\d{2}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid
}

/** The other way: a day as the driver takes it. */
export function dateOf (day: string): Date
export function dateOf (day: string | undefined): Date | null
export function dateOf (day: string | undefined): Date | null {
  return day === undefined ? null : new Date(`${day}T00:00:00Z`)
}
