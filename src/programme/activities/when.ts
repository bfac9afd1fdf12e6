import { DateTime } from 'luxon'
import { memoised } from '../../platform/memoised.ts'
import type { Activity } from './activity.ts'

/** A day as people say it: `Tuesday 1 December 2026`. */
export function dayInWords (at: DateTime<true>, zone: string): string {
  return wordsFor(at, zone).day
}

/** A time of day as people say it: `6pm`, `6:30pm`, `midday`, `midnight`. */
export function timeInWords (at: DateTime<true>, zone: string): string {
  return wordsFor(at, zone).time
}

/** The same of a time as forms send it: `06:00` is `6am`. A text that is none stays as it is. */
export function timeOfDayInWords (time: string): string {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(time) ?? []
  return hour === undefined ? time : clockTime({ hour: Number(hour), minute: Number(minute) })
}

/** A leaf of a calendar, such as `Tue 1 Dec`. */
export interface Leaf { weekday: string, number: string, month: string }

export function leafOf (at: DateTime<true>, zone: string): Leaf {
  return wordsFor(at, zone).leaf
}

/** The calendar day on which an instant is, such as `2026-12-01`. */
export function calendarDayOf (at: DateTime<true>, zone: string): string {
  return wordsFor(at, zone).date
}

/** The last calendar day of something: one that lasts all day ends at the midnight after it. */
export function lastDayOf ({ endsAt, zone }: Pick<Activity, 'endsAt' | 'zone'>): string {
  return wordsAt(endsAt.toMillis() - 1, zone).date
}

/** An instant for programs, by the clock of its zone: `2026-12-01T18:00:00+00:00`. */
export function isoIn (at: DateTime<true>, zone: string): string {
  return wordsFor(at, zone).iso
}

interface Words { day: string, time: string, date: string, leaf: Leaf, iso: string }

/** Twice the activities of a large programme. */
const maxFound = 2000

/**
 * Computes the words for an instant once: all emails and pages of an activity say the same ones, and looking up a zone
 * takes longer than the rest of an email's text.
 */
function wordsFor (at: DateTime<true>, zone: string): Words {
  return wordsAt(at.toMillis(), zone)
}

const wordsAt = memoised(maxFound, (millis: number, zone: string): Words => {
  const there = DateTime.fromMillis(millis, { zone }).setLocale('en-GB') as DateTime<true>
  return {
    day: there.toFormat('cccc d LLLL yyyy'),
    time: clockTime(there),
    date: there.toFormat('yyyy-MM-dd'),
    leaf: { weekday: there.toFormat('ccc'), number: there.toFormat('d'), month: there.toFormat('LLL') },
    iso: there.toISO({ suppressMilliseconds: true })
  }
})

function clockTime ({ hour, minute }: { hour: number, minute: number }): string {
  if (minute === 0 && hour === 12) return 'midday'
  if (minute === 0 && hour === 0) return 'midnight'
  const minutes = minute === 0 ? '' : `:${String(minute).padStart(2, '0')}`
  return `${hour % 12 === 0 ? 12 : hour % 12}${minutes}${hour < 12 ? 'am' : 'pm'}`
}

/** The times of its day: `6pm to 6:30pm`, `All day`. */
export function timesInWords (
  { startsAt, endsAt, allDay, zone }: Pick<Activity, 'startsAt' | 'endsAt' | 'allDay' | 'zone'>
): string {
  return allDay ? 'All day' : `${timeInWords(startsAt, zone)} to ${timeInWords(endsAt, zone)}`
}

/** An instant as people say it: `Tuesday 1 December 2026 at 6pm`. */
export function momentInWords (at: DateTime<true>, zone: string): string {
  return `${dayInWords(at, zone)} at ${timeInWords(at, zone)}`
}

/** An instant in a list: `1 December 2026 at 6pm`. */
export function shortMoment (at: DateTime<true>, zone: string): string {
  return `${at.setZone(zone).setLocale('en-GB').toFormat('d LLLL yyyy')} at ${timeInWords(at, zone)}`
}

/**
 * The end of a period, as people say it: `Tuesday 29 December 2026 at 11:59pm` for the first instant of the 30th.
 * People do not agree on which night a midnight belongs to, so its last minute is named.
 */
export function deadlineInWords (at: DateTime<true>, zone: string): string {
  return momentInWords(beginsADay(at, zone) ? at.minus({ minutes: 1 }) : at, zone)
}

/** The start of a period: `Wednesday 30 December 2026` for the first instant of it. */
export function beginningInWords (at: DateTime<true>, zone: string): string {
  return beginsADay(at, zone) ? dayInWords(at, zone) : momentInWords(at, zone)
}

function beginsADay (at: DateTime<true>, zone: string): boolean {
  const shown = at.setZone(zone)
  return shown.toMillis() === shown.startOf('day').toMillis()
}

/** A calendar day such as `2026-12-01` as people say it. */
export function calendarDayInWords (day: string): string {
  return dayWords(day, 'utc')
}

const dayWords = memoised(maxFound, (day: string, zone: string) =>
  DateTime.fromISO(day, { zone }).setLocale('en-GB').toFormat('cccc d LLLL yyyy'))

/** The days from one to another, with what both share said once: `Monday 21 to Sunday 27 September 2015`. */
export function calendarDaysInWords (first: string, last: string): string {
  if (first === last) return calendarDayInWords(first)
  const from = DateTime.fromISO(first, { zone: 'utc' }).setLocale('en-GB')
  const share = (characters: number) => first.slice(0, characters) === last.slice(0, characters)
  const begins = from.toFormat(share('2026-12'.length) ? 'cccc d' : share('2026'.length) ? 'cccc d LLLL' : 'cccc d LLLL yyyy')
  return `${begins} to ${calendarDayInWords(last)}`
}

/**
 * When an activity is: `Tuesday 1 December 2026, 6pm to 6:30pm`. An activity that lasts all day, or several, ends at a
 * midnight; the day that people mean is the one before it.
 */
export function whenInWords (
  { startsAt, endsAt, allDay, zone }: Pick<Activity, 'startsAt' | 'endsAt' | 'allDay' | 'zone'>
): string {
  const first = calendarDayOf(startsAt, zone)
  const last = lastDayOf({ endsAt, zone })
  if (allDay) return first === last ? `${dayInWords(startsAt, zone)}, all day` : calendarDaysInWords(first, last)
  return first === last
    ? `${dayInWords(startsAt, zone)}, ${timesInWords({ startsAt, endsAt, allDay, zone })}`
    : `${momentInWords(startsAt, zone)} to ${deadlineInWords(endsAt, zone)}`
}
