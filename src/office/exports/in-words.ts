import type { AttendeeFilter } from '../../booking/attendees/filter.ts'
import { filterInWords } from '../../booking/attendees/filter-in-words.ts'

/**
 * Who a list is about, in words, without what was typed to search: the audit trail and the list itself keep it, and it
 * is a name or an address.
 */
export function whoInWords (filter: AttendeeFilter): string[] {
  const words = filterInWords({ ...filter, search: undefined })
  return filter.search === undefined ? words : [...words, 'Found by a search']
}

/** The same in one line, for the list and the audit trail. */
export function whoInOneLine (filter: AttendeeFilter): string {
  const words = whoInWords(filter)
  return words.length === 0 ? 'Everyone' : words.join('; ')
}
