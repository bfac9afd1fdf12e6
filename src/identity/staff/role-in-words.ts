import type { Role } from './staff-member.ts'

export const roleNames: Record<Role, string> = { admin: 'Admin', organiser: 'Organiser', staff: 'Staff', host: 'Host' }

/** What each role may do, in a sentence for the person who gives it; roles.ts decides. */
export const whatRolesMay: Record<Role, string> = {
  admin: 'Everything, of every agency: also who works here, and the record of who did what.',
  organiser: 'Makes and runs activities, sees who is coming, and emails them.',
  staff: 'Sees who is coming and downloads lists, but cannot change activities.',
  host: 'Sees the activities they host. Only on the day, sees who is coming and what they need.'
}
