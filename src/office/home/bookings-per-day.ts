import { DateTime } from 'luxon'
import { calendarDayInWords } from '../../programme/activities/when.ts'

/** How many bookings were made on a day such as `2026-12-01`. */
export interface DayOfBookings {
  day: string
  bookings: number
}

/** Number of days that the home page looks back, including today. */
export const daysShown = 30

/** The days up to `today`, in order. */
export function daysUpTo (today: string): string[] {
  const last = DateTime.fromISO(today, { zone: 'utc' })
  return Array.from({ length: daysShown }, (_, n) => last.minus({ days: daysShown - 1 - n }).toFormat('yyyy-MM-dd'))
}

/** Every day up to `today`, including those without bookings. */
export function everyDay (counted: readonly DayOfBookings[], today: string): DayOfBookings[] {
  const bookingsOn = new Map(counted.map(({ day, bookings }) => [day, bookings]))
  return daysUpTo(today).map(day => ({ day, bookings: bookingsOn.get(day) ?? 0 }))
}

/** The chart's content in a sentence, for people who do not see it. */
export function bookingsInWords (days: readonly DayOfBookings[]): string {
  const total = days.reduce((sum, { bookings }) => sum + bookings, 0)
  if (total === 0) return `Nobody has booked in the last ${daysShown} days.`
  const most = days.reduce((best, day) => day.bookings >= best.bookings ? day : best)
  const all = total === 1 ? '1 booking' : `${total} bookings`
  const day = calendarDayInWords(most.day)
  if (most.bookings === total) return `${all} in the last ${daysShown} days, on ${day}.`
  const daysAlike = days.filter(({ bookings }) => bookings === most.bookings).length
  return daysAlike === 1
    ? `${all} in the last ${daysShown} days, most on ${day}: ${most.bookings}.`
    : `${all} in the last ${daysShown} days, at most ${most.bookings} on one day.`
}

/** A day in its shortest form, to fit beside 29 others: `1 Dec`. */
export function shortDay (day: string): string {
  return DateTime.fromISO(day, { zone: 'utc' }).setLocale('en-GB').toFormat('d LLL')
}
