import { DateTime } from 'luxon'
import { memoised } from '../../platform/memoised.ts'
import { audiencesInWords } from '../activities/page.ts'
import { calendarDayInWords } from '../activities/when.ts'
import { districtInWords } from './placed.ts'
import { filterFields } from './programme-filter.ts'
import type { FilterField, ProgrammeFilter, View, Way } from './programme-filter.ts'

export const wayInWords: Record<Way, string> = {
  book: 'Book a place',
  'drop-in': 'Drop in',
  online: 'Join online',
  invitation: 'By invitation',
  none: 'For information'
}

export const viewInWords: Record<View, string> = {
  list: 'List', timetable: 'Timetable', overview: 'By district and day'
}

/** A day where there is little room: `Tue 1 Dec`. */
export function shortDay (day: string): string {
  return shortWords(day, 'utc')
}

const shortWords = memoised(1000, (day: string, zone: string) =>
  DateTime.fromISO(day, { zone }).setLocale('en-GB').toFormat('ccc d LLL'))

/** An hour of the clock: `9am`, `midday`. */
export function hourInWords (hour: number): string {
  if (hour === 0) return 'Midnight'
  if (hour === 12) return 'Midday'
  return `${hour % 12}${hour < 12 ? 'am' : 'pm'}`
}

/** A choice, on its own. */
export function choiceInWords (field: FilterField, choice: string): string {
  switch (field) {
    case 'day': return calendarDayInWords(choice)
    case 'district': return districtInWords(choice)
    case 'audience': return audiencesInWords([choice]) ?? ''
    case 'how': return wayInWords[choice as Way]
  }
}

/** What is chosen, each on its own. */
export function chosenInWords (filter: ProgrammeFilter): Array<{ field: FilterField, words: string }> {
  return filterFields.flatMap(field => {
    const choice = filter[field]
    return choice === undefined ? [] : [{ field, words: choiceInWords(field, choice) }]
  })
}

export function activitiesInWords (count: number): string {
  return count === 1 ? '1 activity' : `${count} activities`
}
