import type { Role } from './roles.ts'

interface RoleInWords {
  name: string
  /** What it is for, in a few words for the person who has it. */
  purpose: string
  /** What it may do, in a sentence for the person who gives it and the one who gets it. */
  may: string
}

/** The roles in words; roles.ts decides what they may do. */
export const rolesInWords: Record<Role, RoleInWords> = {
  admin: {
    name: 'Admin',
    purpose: 'people, settings and everything else',
    may: 'Everything, of every agency: also who works here, and the record of who did what.'
  },
  organiser: {
    name: 'Organiser',
    purpose: 'activities, places, attendees and emails',
    may: 'Makes and runs activities, sees who is coming, and emails them.'
  },
  staff: {
    name: 'Staff',
    purpose: 'sees and exports attendees',
    may: 'Sees who is coming and downloads lists, but cannot change activities.'
  },
  host: {
    name: 'Host',
    purpose: 'on the day',
    may: 'Sees the activities they host. Only on the day, sees who is coming and what they need.'
  }
}
