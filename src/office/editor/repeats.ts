import { DateTime } from 'luxon'
import type { ActivityDraft } from '../../programme/activities/draft.ts'
import { localTime, secondOfTwo, wallClock } from '../../programme/activities/local-time.ts'
import { calendarDayInWords } from '../../programme/activities/when.ts'
import { dayWrong } from './moment.ts'

/** The same weekday in each of the following `times` weeks, as `2026-12-01`. */
export function weeksAfter (day: string, times: number): string[] {
  const first = DateTime.fromISO(day, { zone: 'utc' })
  return Array.from({ length: times }, (_, n) => first.plus({ weeks: n + 1 }).toFormat('yyyy-MM-dd'))
}

/** The day on which an activity starts, in its zone. */
export function firstDayOf ({ startsAt, zone }: Pick<ActivityDraft, 'startsAt' | 'zone'>): string {
  return wallClock(startsAt, zone).slice(0, 10)
}

/**
 * An activity on another day at the same local times, or a sentence that says why that cannot be: clocks skip such a
 * time on that day, or show it twice.
 */
export function onDay (draft: ActivityDraft, day: string): { draft: ActivityDraft } | { wrong: string } {
  const noDay = dayWrong(day, 'it starts')
  if (noDay !== undefined) return { wrong: `${day.slice(0, 30)}: ${noDay}` }
  const days = DateTime.fromISO(day, { zone: 'utc' }).diff(DateTime.fromISO(firstDayOf(draft), { zone: 'utc' }), 'days').days
  const sentences: string[] = []
  const moved = {
    startsAt: moving(draft.startsAt),
    endsAt: moving(draft.endsAt),
    bookingOpensAt: undefined,
    bookingClosesAt: draft.bookingClosesAt && moving(draft.bookingClosesAt)
  }
  const [wrong] = sentences
  return wrong === undefined ? { draft: { ...draft, ...moved } } : { wrong }

  function moving (at: DateTime<true>): DateTime<true> {
    const text = wallClock(at, draft.zone)
    const shown = DateTime.fromISO(text.slice(0, 10), { zone: 'utc' }).plus({ days }).toFormat('yyyy-MM-dd')
    const time = localTime(`${shown} ${text.slice(11)}`, draft.zone)
    if (time === undefined) {
      sentences.push(`${calendarDayInWords(shown)}: there is no ${text.slice(11)} that day, because the clocks go forward`)
    } else if (secondOfTwo(`${shown} ${text.slice(11)}`, draft.zone) !== undefined) {
      sentences.push(`${calendarDayInWords(shown)}: ${text.slice(11)} comes twice that day. Make a copy for it, where you can say which`)
    }
    return time?.at ?? at
  }
}
