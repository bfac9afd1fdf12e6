import { DateTime } from 'luxon'

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
  const format = 'yyyy-MM-dd HH:mm'
  const shown = DateTime.fromFormat(text, format, { zone })
  // Luxon reads a time that does not exist as the one an hour on, and accepts digits of other scripts.
  if (!shown.isValid || shown.toFormat(format) !== text) return undefined
  const [first = shown, second] = shown.getPossibleOffsets().sort((one, other) => one.toMillis() - other.toMillis())
  return { at: first.toUTC(), isFirstOfTwo: second !== undefined }
}

/** The later of two instants at which clocks in `zone` show `2026-10-25 01:30`; undefined unless there are two. */
export function secondOfTwo (text: string, zone: string): DateTime<true> | undefined {
  const first = localTime(text, zone)
  if (first?.isFirstOfTwo !== true) return undefined
  const instants = first.at.setZone(zone).getPossibleOffsets().map(at => at.toMillis())
  return first.at.plus({ milliseconds: Math.max(...instants) - first.at.toMillis() })
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
  return at.setZone(zone).toFormat('yyyy-MM-dd HH:mm')
}
