export const roles = ['admin', 'organiser', 'staff', 'host'] as const
export type Role = typeof roles[number]

/** Who is signed in, as the request sees them. */
export interface StaffMember {
  id: string
  name: string
  role: Role
  /** The partner agency they work for; undefined: the partnership itself. */
  agencyId: string | undefined
}
