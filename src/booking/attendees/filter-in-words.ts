import type { Attendance } from '../bookings/attendance.ts'
import type { AttendeeFilter } from './filter.ts'
import type { AttendeeRole } from '../bookings/booking.ts'
import { statusTags } from '../bookings/status-tag.ts'

export const rolesInWords: Record<AttendeeRole, string> = {
  parent: 'Parent', carer: 'Carer', professional: 'Professional', other: 'Other'
}

export const attendancesInWords: Record<Attendance, string> = { yes: 'Came', no: 'Did not come', unknown: 'Not recorded' }

/** What a filter asks for, each in words of its own; empty for everyone. What is searched for is quoted as typed. */
export function filterInWords (
  { statuses, roles, districts, need, question, attendances, isUnreached, search }: AttendeeFilter
): string[] {
  return [
    eitherOf(statuses.map(status => statusTags[status].text)),
    eitherOf(roles.map(role => rolesInWords[role])),
    eitherOf(districts),
    need === undefined ? '' : need === 'yes' ? 'With an access need' : 'With an access need that is not answered',
    question === undefined ? '' : question === 'asked' ? 'With a question' : 'With a question that is not settled',
    eitherOf(attendances.map(attendance => attendancesInWords[attendance])),
    isUnreached ? 'Emails do not reach them' : '',
    search === undefined ? '' : `“${search}”`
  ].filter(words => words !== '')
}

function eitherOf (choices: readonly string[]): string {
  return choices.join(' or ')
}
