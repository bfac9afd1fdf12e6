import type { Role } from './staff-member.ts'

export const roleNames: Record<Role, string> = { admin: 'Admin', organiser: 'Organiser', staff: 'Staff', host: 'Host' }

/** What each role may do, in a sentence for whoever gives it; roles.ts decides. */
export const whatRolesMay: Record<Role, string> = {
  admin: 'Everything, of every agency: also who works here, and the record of who did what.',
  organiser: 'Makes and runs activities, sees who comes, and writes to them.',
  staff: 'Sees who comes and downloads lists, and changes no activity.',
  host: 'Sees the activities that name them, and who comes and what they need only on the day.'
}
