import type { DateTime } from 'luxon'
import { localTime, secondOfTwo, wallClock } from '../../programme/activities/local-time.ts'
import { dayInWords, timeInWords } from '../../programme/activities/when.ts'

/** A moment in three answers: `2026-12-01`, `18:00`, and which of two, where clocks show that time twice. */
export interface TypedMoment {
  day: string
  time: string
  which: string
}

/** Result of reading a moment: an instant, or the answer that is wrong and a sentence about it. */
export type ReadMoment =
  | { at: DateTime<true> }
  | { wrong: keyof TypedMoment, text: string }

/** Years outside this range are taken for a slip of the finger. */
const [firstYear, lastYear] = [2010, 2100]

/**
 * The instant that is meant by a moment's answers; `what` happens then. A time that clocks skip is refused; for a time
 * that they show twice the form asks which, because a guess might bring people an hour early, or late.
 */
export function readMoment ({ day, time, which }: TypedMoment, zone: string, what: string): ReadMoment {
  const wrongDay = dayWrong(day, what)
  if (wrongDay !== undefined) return { wrong: 'day', text: wrongDay }
  if (time === '') return { wrong: 'time', text: `Enter the time at which ${what}` }
  const typed = /^([01]?\d|2[0-3])[:.]([0-5]\d)(:00)?$/.exec(time)
  if (typed === null) return { wrong: 'time', text: `Enter the time at which ${what} like 18:30` }
  const text = `${day} ${typed[1]?.padStart(2, '0')}:${typed[2]}`
  const first = localTime(text, zone)
  if (first === undefined) {
    return {
      wrong: 'time',
      text: `There is no ${time} on that day: the clocks go forward then. Choose a time before or after that hour.`
    }
  }
  const second = secondOfTwo(text, zone)
  if (second === undefined || which === 'first') return { at: first.at }
  if (which === 'second') return { at: second }
  const [on, shown] = [dayInWords(first.at, zone), timeInWords(first.at, zone)]
  return { wrong: 'which', text: `Say which ${shown} you mean: it comes twice on ${on}` }
}

/** A sentence about a day that does not exist; undefined for a day that does. */
export function dayWrong (day: string, what: string): string | undefined {
  if (day === '') return `Enter the day on which ${what}`
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return `Enter the day on which ${what} like 2026-12-01`
  // Noon exists exactly once on every day of every zone.
  if (localTime(`${day} 12:00`, 'utc') === undefined) return `Enter a day that exists on which ${what}`
  const year = Number(day.slice(0, 4))
  return year < firstYear || year > lastYear
    ? `Enter a day on which ${what} in a year from ${firstYear} to ${lastYear}`
    : undefined
}

/** The answers for a moment: `readMoment` gives it back. */
export function typedMoment (at: DateTime<true> | undefined, zone: string): TypedMoment {
  if (at === undefined) return { day: '', time: '', which: '' }
  const shown = wallClock(at, zone)
  const second = secondOfTwo(shown, zone)
  const which = second === undefined ? '' : second.toMillis() === at.toMillis() ? 'second' : 'first'
  return { day: shown.slice(0, 10), time: shown.slice(11), which }
}
