import type { AttendeeFilter } from '../../booking/bookings/attendee-filter.ts'
import type { Attendance } from '../../booking/bookings/attendance.ts'
import { statusTags } from '../../booking/bookings/status-tag.ts'

const attendances: Record<Attendance, string> = { yes: 'came', no: 'did not come', unknown: 'not noted if they came' }

/**
 * Who a list is about, in words, without what was typed to search: the audit trail and the list itself keep it, and it
 * is a name or an address.
 */
export function filterInWords (filter: AttendeeFilter): string[] {
  const { statuses, roles, districts, need, question, isUnreached, search } = filter
  return [
    ...(statuses.length > 0 ? [`Status: ${statuses.map(status => statusTags[status].text).join(', ')}`] : []),
    ...(roles.length > 0 ? [`Who they are: ${roles.join(', ')}`] : []),
    ...(districts.length > 0 ? [`District: ${districts.join(', ')}`] : []),
    ...(need === undefined ? [] : [need === 'open' ? 'Have an access need that is not answered' : 'Have an access need']),
    ...(question === undefined ? [] : [question === 'open' ? 'Asked something that waits for an answer' : 'Asked something']),
    ...(filter.attendances.length > 0 ? [`On the day: ${filter.attendances.map(one => attendances[one]).join(', ')}`] : []),
    ...(isUnreached ? ['Emails do not reach them'] : []),
    ...(search === undefined ? [] : ['Found by a search'])
  ]
}

/** The same in one line, for the list and the audit trail. */
export function whoInWords (filter: AttendeeFilter): string {
  const words = filterInWords(filter)
  return words.length === 0 ? 'Everyone' : words.join('; ')
}

/** How many people, in words. */
export function peopleInWords (people: number): string {
  return people === 1 ? '1 person' : `${people.toLocaleString('en-GB')} people`
}
