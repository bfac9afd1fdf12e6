import { DateTime } from 'luxon'
import { memoised } from '../../platform/memoised.ts'

const format = 'yyyy-MM-dd HH:mm'
/** Times of a large programme. */
const mostKept = 2000

/** The instant that a local time meant, and whether clocks showed that time twice that day. */
export interface LocalTime {
  at: DateTime<true>
  isFirstOfTwo: boolean
}

/**
 * The instant, in UTC, at which clocks in `zone` show `2026-12-01 18:00`; undefined if they never do, because it is no
 * valid time or falls into the hour that spring leaves out. In the hour that autumn repeats, the first of the two is
 * meant.
 */
export function localTime (text: string, zone: string): LocalTime | undefined {
  const [at, second] = instantsThatShow(text, zone)
  return at === undefined ? undefined : { at, isFirstOfTwo: second !== undefined }
}

/** The later of two instants at which clocks in `zone` show `2026-10-25 01:30`; undefined unless there are two. */
export function secondOfTwo (text: string, zone: string): DateTime<true> | undefined {
  return instantsThatShow(text, zone)[1]
}

/** Like `localTime`; of a time that spring leaves out, the instant as long after the midnight before it as ever. */
export function localTimeOrAfter (text: string, zone: string): DateTime<true> | undefined {
  const [at] = instantsThatShow(text, zone)
  return at ?? candidates(text, zone)[0]
}

/** The instants at which clocks in `zone` show a time, the earlier one first: none, one or two. */
function instantsThatShow (text: string, zone: string): ReadonlyArray<DateTime<true>> {
  // Nothing else is a time, and what people type has no end.
  return text.length === format.length ? thatShow(text, zone) : []
}

/** A programme file says the same times in thousands of rows, and reading one takes longer than the rest of its row. */
const thatShow = memoised(mostKept, (text: string, zone: string) => candidates(text, zone)
  .filter(at => wallClock(at, zone) === text)
  .sort((one, other) => one.toMillis() - other.toMillis()))

/**
 * A time of day, read with each offset that clocks in `zone` have in the two days around it, the earlier one first.
 * Luxon itself begins with today's offset and does not find a time if the zone's has changed by a day since.
 */
function candidates (text: string, zone: string): Array<DateTime<true>> {
  const shown = DateTime.fromFormat(text, format, { zone: 'utc' })
  // Luxon accepts digits of other scripts, too.
  if (!shown.isValid || shown.toFormat(format) !== text) return []
  const offsets = [-1, 1].map(days => shown.plus({ days }).setZone(zone).offset)
  return [...new Set(offsets)].map(minutes => shown.minus({ minutes }))
}

/**
 * The instants, in UTC, at which a day like `2026-12-01` begins and ends in `zone`; undefined if there is no such day.
 */
export function localDay (
  text: string, zone: string
): { startsAt: DateTime<true>, endsAt: DateTime<true> } | undefined {
  const day = DateTime.fromFormat(text, 'yyyy-MM-dd', { zone })
  if (!day.isValid || day.toFormat('yyyy-MM-dd') !== text) return undefined
  return { startsAt: day.startOf('day').toUTC(), endsAt: day.plus({ days: 1 }).startOf('day').toUTC() }
}

/** How clocks in `zone` show an instant, in the format that `localTime` reads. */
export function wallClock (at: DateTime<true>, zone: string): string {
  return clockAt(at.toMillis(), zone)
}

const clockAt = memoised(mostKept, (millis: number, zone: string) =>
  DateTime.fromMillis(millis, { zone }).toFormat(format))
