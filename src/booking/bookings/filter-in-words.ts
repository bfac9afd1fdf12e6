import type { Attendance } from './attendance.ts'
import type { AttendeeFilter } from './attendee-filter.ts'
import type { AttendeeRole } from './booking.ts'
import { statusTags } from './status-tag.ts'

export const rolesInWords: Record<AttendeeRole, string> = {
  parent: 'Parent', carer: 'Carer', professional: 'Professional', other: 'Other'
}

export const attendancesInWords: Record<Attendance, string> = { yes: 'Came', no: 'Did not come', unknown: 'Not noted' }

/** What a filter asks for, each in words of its own; empty for everyone. What is searched for is quoted as typed. */
export function filterInWords (
  { statuses, roles, districts, hasNeed, question, attendances, search }: AttendeeFilter
): string[] {
  return [
    eitherOf(statuses.map(status => statusTags[status].text)),
    eitherOf(roles.map(role => rolesInWords[role])),
    eitherOf(districts),
    hasNeed ? 'With an access need' : '',
    question === undefined ? '' : question === 'asked' ? 'With a question' : 'With a question that is not settled',
    eitherOf(attendances.map(attendance => attendancesInWords[attendance])),
    search === undefined ? '' : `“${search}”`
  ].filter(words => words !== '')
}

function eitherOf (choices: readonly string[]): string {
  return choices.join(' or ')
}
