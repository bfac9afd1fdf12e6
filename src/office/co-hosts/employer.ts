import type { DateTime } from 'luxon'
import { memberOf, memberSelect } from '../../identity/staff/queries.ts'
import type { StaffMember } from '../../identity/staff/staff-member.ts'
import type { Tx } from '../../platform/database/connect.ts'
import { agencyNamed, findAgencyNamed } from '../../programme/campaigns/commands.ts'
import { CoHostInvitationEnded, EmployerUnknown } from './errors.ts'
import type { CoHostInvitation, Employer, Invited } from './invitation.ts'

/** The agency itself where one has the name that was typed. Throws `EmployerUnknown` where it is gone. */
export async function knownEmployer (tx: Tx, employer: Employer): Promise<Employer> {
  if (employer.id === undefined) return await findAgencyNamed(tx, employer.name) ?? employer
  const found = await tx.agency.findUnique({ where: { id: employer.id }, select: { id: true, name: true } })
  if (found === null) throw new EmployerUnknown()
  return found
}

/**
 * Whether someone may be invited as one of an organisation's people, who are not asked: by the partnership's own
 * organisers and admins always, by others as one of their own agency; or where nobody of that organisation is here yet,
 * or somebody is who has an address of the same domain.
 */
export async function mayBeOf (
  tx: Tx, { employer: { id }, email }: Pick<Invited, 'employer' | 'email'>, by: StaffMember | undefined
): Promise<boolean> {
  if (id === undefined) return true
  if (by !== undefined && (by.role === 'admin' || by.agencyId === undefined || by.agencyId === id)) return true
  const people = await tx.staffMember.findMany({ where: { agencyId: id }, select: { email: true, disabledAt: true } })
  if (people.length === 0) return await tx.activity.count({ where: { leadAgencyId: id } }) === 0
  return people.some(person => person.disabledAt === null && domainOf(person.email) === domainOf(email))
}

function domainOf (email: string): string {
  return email.slice(email.lastIndexOf('@') + 1).toLowerCase()
}

/**
 * The agency for an organisation that was typed, or the one that has its name by now. Throws `CoHostInvitationEnded`
 * where whoever invited them may not invite them as one of its people.
 */
export async function agencyOf (
  tx: Tx, { employer, email, invitedById }: Pick<CoHostInvitation, 'employer' | 'email' | 'invitedById'>,
  now: DateTime<true>
): Promise<{ id: string, slug: string }> {
  const there = await findAgencyNamed(tx, employer.name)
  if (there === undefined) return await agencyNamed(tx, employer.name, { id: invitedById }, now)
  const inviter = await tx.staffMember.findUnique({ where: { id: invitedById }, select: memberSelect(now) })
  const by = inviter === null ? undefined : memberOf(inviter)
  if (!await mayBeOf(tx, { employer: there, email }, by)) throw new CoHostInvitationEnded()
  return there
}
