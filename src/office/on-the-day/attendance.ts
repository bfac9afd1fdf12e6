import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'

/** Whether someone came, as far as it is recorded. */
export const attendances = ['yes', 'no', 'unknown'] as const
export type Attendance = typeof attendances[number]

/** The attendance for the value that bookings store. */
export function attendanceOf (attended: boolean | undefined): Attendance {
  return attended === undefined ? 'unknown' : attended ? 'yes' : 'no'
}

/** What is to be recorded of one booking, and what the page showed when it was decided. */
export interface Note {
  reference: string
  shown: Attendance
  wanted: Attendance
}

/** What becomes of a note: it is written, it was so already, or the reason why it is not written. */
export type Noting = 'write' | 'as-it-was' | 'noted-otherwise' | 'joined' | 'no-place'

/**
 * Decides what becomes of a note. It changes only what its writer saw: ticks that someone else has made in the same
 * list meanwhile are not undone. A person who joined by their own link may still be recorded as not having come,
 * because they did not stay, but not as unknown. `current` is undefined for a person who has no place any more.
 */
export function notingOf (
  { shown, wanted }: Note, current: { attended: boolean | undefined, hasJoined: boolean } | undefined
): Noting {
  if (current === undefined) return 'no-place'
  const stands = attendanceOf(current.attended)
  if (stands === wanted) return 'as-it-was'
  if (wanted === 'unknown' && current.hasJoined) return 'joined'
  return stands === shown ? 'write' : 'noted-otherwise'
}

/** The instant from which it can be recorded who came: the midnight before the start, in the activity's zone. */
export function notableFrom ({ startsAt, zone }: Pick<Activity, 'startsAt' | 'zone'>): DateTime<true> {
  return startsAt.setZone(zone).startOf('day').toUTC() as DateTime<true>
}
