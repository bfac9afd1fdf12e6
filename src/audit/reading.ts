import type { StaffMember } from '../http/session.ts'

/** Says whether a member of staff may read what everybody has done: admins alone, whose own deeds are in it too. */
export function mayReadTrail ({ role }: Pick<StaffMember, 'role'>): boolean {
  return role === 'admin'
}
