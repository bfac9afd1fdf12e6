import { attendanceOf } from '../../booking/bookings/attendance.ts'
import type { Attendance } from '../../booking/bookings/attendance.ts'
import { draft } from '../../platform/draft.ts'

/** How many of a party came: all, a number below that, or `unknown` where nobody has counted. */
export type Party = number | 'all' | 'unknown'

/** What is to be recorded of one booking, and what the page showed when it was decided. */
export interface Note {
  reference: string
  shown: Attendance
  wanted: Attendance
  /** How many of its people came, where it has more than one place. */
  party?: { shown: Party, wanted: Party } | undefined
}

/** What decides what may be recorded of a booking. */
export interface AttendanceNow {
  attended: boolean | undefined
  camePlaces: number | undefined
  places: number
  hasJoined: boolean
}

/** What becomes of a note: it is written, it was so already, or the reason why it is not written. */
export type Noting = 'write' | 'as-it-was' | 'noted-otherwise' | 'joined' | 'no-place' | 'nobody-to-count'

/**
 * Decides what becomes of a note. It changes only what its writer saw: ticks that someone else has made in the same
 * list meanwhile are not undone. A person who joined by their own link may still be recorded as not having come,
 * because they did not stay, but not as unknown. `current` is undefined for a person who has no place any more.
 */
export function notingOf (note: Note, current: AttendanceNow | undefined): Noting {
  if (current === undefined) return 'no-place'
  const { shown, party } = note
  const wanted = attendanceWanted(note)
  const isCounted = party !== undefined && party.wanted !== party.shown
  if (isCounted && wanted !== 'yes') return 'nobody-to-count'
  const stands = attendanceOf(current.attended)
  const standsParty = partyOf(current)
  if (stands === wanted && (!isCounted || standsParty === party.wanted)) return 'as-it-was'
  if (wanted === 'unknown' && current.hasJoined) return 'joined'
  const isAsShown = stands === shown && (!isCounted || standsParty === party.shown)
  return isAsShown ? 'write' : 'noted-otherwise'
}

/** How many of a party are noted as here; all where as many were counted as the booking still has places. */
export function partyOf (
  { attended, camePlaces, places }: Pick<AttendanceNow, 'attended' | 'camePlaces' | 'places'>
): Party {
  if (attended !== true || camePlaces === undefined) return 'unknown'
  return camePlaces < places ? camePlaces : 'all'
}

/** Whoever counts the people of a booking says that they came, unless they say otherwise beside it. */
export function attendanceWanted ({ shown, wanted, party }: Note): Attendance {
  return party !== undefined && party.wanted !== party.shown && wanted === shown && wanted === 'unknown' ? 'yes' : wanted
}

/** The number of people who came without a booking, which two people may note at once. */
export const walkInsDraft = draft(['walkIns'])
