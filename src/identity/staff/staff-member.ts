import type { RoleHolder } from './roles.ts'

/** Who is signed in, as the request sees them. */
export interface StaffMember extends RoleHolder {
  name: string
}
