import { attendanceOf } from '../bookings/attendance.ts'
import type { AttendanceSource, Booking } from '../bookings/booking.ts'
import { attendancesInWords } from './filter-in-words.ts'

/** How it is known that someone came, for staff and for the person themselves. */
export const sourcesInWords: Record<AttendanceSource, string> = {
  ticked: 'noted by staff',
  joined: 'joined by their own link',
  'checked-in': 'typed the code',
  report: 'from the Teams report'
}

/** Whether someone came, how many of them, for how long and how it is known; undefined: nothing of it is recorded. */
export function attendanceInWords (
  { attended, camePlaces, places, minutesAtLeast, attendanceSource }:
  Pick<Booking, 'attended' | 'camePlaces' | 'places' | 'minutesAtLeast' | 'attendanceSource'>
): string | undefined {
  const counted = countedInWords({ attended, camePlaces, places })
  const more = [
    ...counted === undefined ? [] : [counted],
    // How long someone was there who did not come, by whoever noted that, says only that the two differ.
    ...minutesAtLeast === undefined || attended === false ? [] : [minutesInWords(minutesAtLeast)],
    ...attendanceSource === undefined ? [] : [sourcesInWords[attendanceSource]]
  ].join(', ')
  const told = attendancesInWords[attendanceOf(attended)]
  if (attended === undefined && more === '') return undefined
  return more === '' ? told : `${told} (${more})`
}

/** How many of a party came, where somebody counted. */
export function countedInWords (
  { attended, camePlaces, places }: Pick<Booking, 'attended' | 'camePlaces' | 'places'>
): string | undefined {
  return attended === true && places > 1 && camePlaces !== undefined ? `${camePlaces} of ${places} people` : undefined
}

/** Never to the minute: `20 to 29 minutes`. */
export function minutesInWords (minutesAtLeast: number): string {
  return minutesAtLeast === 0 ? 'less than 10 minutes' : `${minutesAtLeast} to ${minutesAtLeast + 9} minutes`
}
