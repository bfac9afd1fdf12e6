import type { Db } from '../../platform/database/connect.ts'
import type { Facts } from '../../platform/outbox.ts'
import type { Post } from '../../identity/sign-in/jobs.ts'
import { findMember } from './queries.ts'
import { roleNames, whatRolesMay } from '../../identity/staff/role-in-words.ts'

/** What letters to people who can sign in take. */
export interface MemberRoom {
  db: Db
  publicUrl: string
  post: Post
}

/**
 * Tells people that they can sign in, and how; gives the end of each, in their order. No link of theirs alone is in
 * it, so that whoever reads it later has no way in. Runs at least once: another copy says the same. Fails where
 * there is to be another try.
 */
export async function sendWelcomes (
  { db, publicUrl, post }: MemberRoom, granted: ReadonlyArray<Facts['sign-in.granted']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(granted.map(async ({ staffMemberId }) => {
    const member = await findMember(db, staffMemberId)
    if (member === undefined || member.disabledAt !== undefined) return
    const { name, email, role } = member
    const model = { name, email, role: roleNames[role], may: whatRolesMay[role], url: `${publicUrl}/staff/sign-in` }
    await post({ to: email, template: 'may-sign-in', model })
  }))
}

/**
 * Tells people that somebody else took their authenticator away, in case it was not they who asked for it; gives the
 * end of each, in their order. Runs at least once: another copy says the same. Fails where there is to be another try.
 */
export async function tellOfRemovedFactors (
  { db, publicUrl, post }: MemberRoom, removed: ReadonlyArray<Facts['factor.removed']>
): Promise<Array<PromiseSettledResult<void>>> {
  return await Promise.allSettled(removed.map(async ({ staffMemberId }) => {
    const member = await findMember(db, staffMemberId)
    if (member === undefined || member.disabledAt !== undefined) return
    const { name, email } = member
    await post({ to: email, template: 'factor-removed', model: { name, url: `${publicUrl}/staff/account` } })
  }))
}
