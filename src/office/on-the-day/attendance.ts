import { attendanceOf } from '../../booking/bookings/attendance.ts'
import type { Attendance } from '../../booking/bookings/attendance.ts'

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
