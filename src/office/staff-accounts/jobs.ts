import type { Db } from '../../platform/database/connect.ts'
import type { Facts } from '../../platform/outbox.ts'
import type { Post } from '../../identity/sign-in/jobs.ts'
import { findMember } from './queries.ts'
import { rolesInWords } from '../../identity/staff/role-in-words.ts'

/** What emails to people who can sign in need. */
export interface StaffAccountContext {
  db: Db
  publicUrl: string
  post: Post
}

/**
 * Tells people that they can sign in, and how; returns each one's result, in the order given. The email contains no
 * personal link, so it lets no later reader in. Runs at least once: another copy is the same email. Fails where there
 * is to be another try.
 */
export async function sendWelcomes (
  { db, publicUrl, post }: StaffAccountContext, granted: ReadonlyArray<Facts['sign-in.granted']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(granted.map(async ({ staffMemberId, at }) => {
    const member = await findMember(db, staffMemberId)
    if (member === undefined || member.disabledAt !== undefined) return
    const { name, email, role } = member
    const { name: roleName, may } = rolesInWords[role]
    const model = { name, email, role: roleName, may, url: `${publicUrl}/staff/sign-in` }
    await post({ to: email, template: 'may-sign-in', model, occasion: `${staffMemberId} ${at}` })
  }))
}

/**
 * Tells people that someone else removed their authenticator, in case they did not ask for that; returns each one's
 * result, in the order given. Runs at least once: another copy is the same email. Fails where there is to be another
 * try.
 */
export async function tellOfRemovedFactors (
  { db, publicUrl, post }: StaffAccountContext, removed: ReadonlyArray<Facts['factor.removed']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(removed.map(async ({ staffMemberId, at }) => {
    const member = await findMember(db, staffMemberId)
    if (member === undefined || member.disabledAt !== undefined) return
    const { name, email } = member
    const model = { name, url: `${publicUrl}/staff/account` }
    await post({ to: email, template: 'factor-removed', model, occasion: `${staffMemberId} ${at}` })
  }))
}
