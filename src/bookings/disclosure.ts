import type { StaffMember } from '../http/session.ts'

/**
 * Says whether a member of staff may know who comes to an activity: admins, the partnership's own
 * organisers and staff, and those of the agency that leads it. An agency that only takes part sees how
 * many come and not who: people gave their details to whoever invited them.
 */
export function mayKnowAttendees (
  { role, agencyId }: StaffMember, { leadAgencyId }: { leadAgencyId: string | undefined }
): boolean {
  switch (role) {
    case 'admin': return true
    case 'organiser':
    case 'staff': return agencyId === undefined || agencyId === leadAgencyId
    case 'host': return false
  }
}
