import { easter } from 'date-easter'
import { DateTime } from 'luxon'

/** A calendar day, at its midnight in UTC: days are counted, not hours. */
type Day = DateTime<true>

/**
 * The first working day from `day` on, as `2026-12-28`: not a weekend or a bank holiday in England and Wales. One-off
 * bank holidays, such as for a coronation, are not known here: the law then gives us a day more than we promise.
 */
export function workingDayFrom (day: string): string {
  let found = DateTime.fromISO(day, { zone: 'utc' }) as Day
  while (!isWorking(found)) found = found.plus({ days: 1 })
  return found.toISODate()
}

/** Whether offices are open on a day such as `2026-12-28`. */
export function isWorkingDay (day: string): boolean {
  return isWorking(DateTime.fromISO(day, { zone: 'utc' }) as Day)
}

function isWorking (day: Day): boolean {
  return day.weekday <= 5 && !isBankHoliday(day)
}

/**
 * Banking and Financial Dealings Act 1971, schedule 1, with New Year's Day and the first Monday of May, which are
 * proclaimed each year. A holiday on a weekend is moved to the next free day.
 */
function isBankHoliday (day: Day): boolean {
  return movable(day) || fixed(day)
}

function movable (day: Day): boolean {
  const { year, month, day: date } = easter(day.year)
  const sunday = DateTime.utc(year, month, date)
  if (day.hasSame(sunday.minus({ days: 2 }), 'day') || day.hasSame(sunday.plus({ days: 1 }), 'day')) return true
  if (day.weekday !== 1) return false
  const isLast = day.plus({ weeks: 1 }).month !== day.month
  return (day.month === 5 && (day.day <= 7 || isLast)) || (day.month === 8 && isLast)
}

/** Weekends are no working days anyway, so only the days to which holidays are moved matter. */
function fixed ({ month, day, weekday }: Day): boolean {
  const isMonday = weekday === 1
  if (month === 1) return day === 1 || (isMonday && day <= 3)
  if (month !== 12) return false
  return day === 25 || day === 26 || (day === 27 && weekday <= 2) || (day === 28 && weekday <= 2)
}
