import type { DateTime } from 'luxon'
import type { Activity } from '../../programme/activities/activity.ts'

/** Whether somebody came, as far as it has been noted. */
export const attendances = ['yes', 'no', 'unknown'] as const
export type Attendance = typeof attendances[number]

/** As bookings keep it. */
export function attendanceOf (attended: boolean | undefined): Attendance {
  return attended === undefined ? 'unknown' : attended ? 'yes' : 'no'
}

/** What somebody wants noted of one booking, and what the page said of it when they decided. */
export interface Note {
  reference: string
  shown: Attendance
  wanted: Attendance
}

/** What becomes of a note: it is written, it was so already, or why what stands stays. */
export type Noting = 'write' | 'as-it-was' | 'noted-otherwise' | 'joined' | 'no-place'

/**
 * Decides what becomes of a note. It changes what its writer saw and nothing else: who ticks a list that somebody
 * else has ticked meanwhile undoes none of it. Whoever went in by their own link may still be noted as one who did
 * not stay, but not as one of whom nothing is known. `standing` is undefined for who has no place any more.
 */
export function notingOf (
  { shown, wanted }: Note, standing: { attended: boolean | undefined, hasJoined: boolean } | undefined
): Noting {
  if (standing === undefined) return 'no-place'
  const stands = attendanceOf(standing.attended)
  if (stands === wanted) return 'as-it-was'
  if (wanted === 'unknown' && standing.hasJoined) return 'joined'
  return stands === shown ? 'write' : 'noted-otherwise'
}

/** From when on who came can be noted: the midnight before the start, where it takes place. */
export function notableFrom ({ startsAt, zone }: Pick<Activity, 'startsAt' | 'zone'>): DateTime<true> {
  return startsAt.setZone(zone).startOf('day').toUTC() as DateTime<true>
}
