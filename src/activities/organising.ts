import type { StaffMember } from '../http/session.ts'

/**
 * Says whether a member of staff runs an activity: changes its places, keeps some for agencies, and leads
 * its waiting list. Admins do, and organisers of the partnership itself or of the agency that leads it.
 * Whoever organises also may know who comes.
 */
export function mayOrganise (
  { role, agencyId }: StaffMember, { leadAgencyId }: { leadAgencyId: string | undefined }
): boolean {
  switch (role) {
    case 'admin': return true
    case 'organiser': return agencyId === undefined || agencyId === leadAgencyId
    case 'staff':
    case 'host': return false
  }
}

/** Says whether a member of staff makes activities: whoever organises any does. */
export function mayMake ({ role }: StaffMember): boolean {
  return role === 'admin' || role === 'organiser'
}
