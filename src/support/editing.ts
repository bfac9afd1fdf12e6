import type { StaffMember } from '../http/session.ts'

/**
 * Says whether a member of staff keeps the helplines and hubs that everybody sees: admins do, and organisers of
 * the partnership itself. A partner agency's people do not, because every page and letter shows the same ones.
 */
export function mayEditContacts ({ role, agencyId }: Pick<StaffMember, 'role' | 'agencyId'>): boolean {
  return role === 'admin' || (role === 'organiser' && agencyId === undefined)
}
